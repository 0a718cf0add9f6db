"""Whether links lead somewhere: those within the built site at each build, those to others once a week."""

import json
import re
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from sitegen.common.html import find, parse

__all__ = ["Answer", "ask", "external", "internal"]

# Attributes with an address, and those that name an element of the same page.
ADDRESSES = {"href", "src", "srcset", "poster", "data", "action", "xlink:href"}
REFERENCES = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"}
SPARED = {"__toc"}  # Material labels the contents of pages that show none, too
OTHER_SCHEMES = {"data", "blob", "mailto", "javascript"}
IN_CSS = re.compile(r"""url\(\s*["']?([^"')]+)""")
LOCATIONS = re.compile(r"<loc>([^<]+)</loc>")

DEAD = {404, 410}
SECONDS = 30
TRIES = 3
# Some servers send nothing to a program without a name.
HEADERS = {"User-Agent": "calcguide-link-check (+https://calcguide.github.io/calcguide/)"}


@dataclass
class _Page:
    """The names that a page has, and what it refers to."""

    path: Path
    names: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tree = parse(self.path.read_text(encoding="utf-8"))
        for node in find(tree, "html").traverse():
            for name, value in node.attributes.items():
                if value:
                    self._note(node.tag, name, value)

    def _note(self, tag: str | None, name: str, value: str) -> None:
        if name == "id" or (tag == "a" and name == "name"):
            self.names.add(value)
        elif name == "srcset":
            self.addresses += [part.split()[0] for part in value.split(",") if part.strip()]
        elif name in ADDRESSES:
            self.addresses.append(value)
        elif name in REFERENCES:
            self.references += value.split()


def internal(site: Path, home: str) -> list[str]:
    """Say which links within the site lead nowhere; ``home`` is the address at which it is published."""
    pages = {path: _Page(path) for path in sorted(site.rglob("*.html"))}
    problems = []

    def check(uri: str, address: str) -> None:
        url, anchor = urldefrag(urljoin(urljoin(home, uri), address))
        if not url.startswith(home) or urlsplit(url).scheme in OTHER_SCHEMES:
            return
        file = site / unquote(urlsplit(url).path.removeprefix(urlsplit(home).path))
        if not urlsplit(url).path.endswith("/") and file.is_dir():
            problems.append(f"{uri}: {address} names a folder and needs a slash at its end")
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            problems.append(f"{uri}: {address} does not exist")
        # A drawing's fragment chooses its palette.
        elif anchor and file in pages and unquote(anchor) not in pages[file].names:
            problems.append(f"{uri}: {address} names a section that does not exist")

    for path, page in pages.items():
        uri = path.relative_to(site).as_posix()
        for address in page.addresses:
            check(uri, address)
        problems += [
            f"{uri}: nothing has the id {name}"
            for name in page.references
            if name not in page.names | SPARED
        ]
    for path in sorted(site.rglob("*.css")):
        for address in IN_CSS.findall(path.read_text(encoding="utf-8")):
            check(path.relative_to(site).as_posix(), address)
    for address in _listed(site):
        check("", address)
    return problems


def _listed(site: Path) -> Iterator[str]:
    """The addresses in the site map, in the search index and in the feed."""
    site_map, index, feed = (
        site / "sitemap.xml",
        site / "search/search_index.json",
        site / "feed.xml",
    )
    if site_map.is_file():
        yield from LOCATIONS.findall(site_map.read_text(encoding="utf-8"))
    if index.is_file():
        for entry in json.loads(index.read_text(encoding="utf-8"))["docs"]:
            yield entry["location"]
    if feed.is_file():
        yield from re.findall(r'<link href="([^"]+)"', feed.read_text(encoding="utf-8"))


def external(site: Path, home: str) -> dict[str, list[str]]:
    """Return the addresses of others that the site links to, each with the pages that do."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(site.rglob("*.html")):
        uri = path.relative_to(site).as_posix()
        for address in _Page(path).addresses:
            url, _ = urldefrag(address)
            if (
                urlsplit(url).scheme in ("http", "https")
                and not url.startswith(home)
                and uri not in found[url]
            ):
                found[url].append(uri)
    return {url: pages for url, pages in sorted(found.items()) if pages}


@dataclass(frozen=True)
class Answer:
    """What came of asking for an address."""

    url: str
    dead: bool
    words: str


def ask(
    urls: list[str], *, pause: float = 5.0, sleep: Callable[[float], object] = time.sleep
) -> list[Answer]:
    """Ask for each address, the addresses of one host one after the other.

    An address is dead when its server says so (404, 410), does not exist, or cannot answer (5xx, time out)
    at any of several tries. A server that lets no program in (401, 403, 429 ...) has said nothing about the page.
    """
    hosts = defaultdict(list)
    for url in urls:
        hosts[urlsplit(url).netloc].append(url)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda group: [_ask(url, pause, sleep) for url in group], hosts.values())
        return sorted((answer for group in answers for answer in group), key=lambda one: one.url)


def _ask(url: str, pause: float, sleep: Callable[[float], object]) -> Answer:
    words = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(pause * attempt)
        for method in ("HEAD", "GET"):
            request = urllib.request.Request(url, headers=HEADERS, method=method)  # noqa: S310 (http or https)
            try:
                with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                    return Answer(url, False, str(answer.status))
            except urllib.error.HTTPError as error:
                words = f"{error.code} {error.reason}"
                error.close()
                # Servers that know no HEAD answer it with anything, so that GET decides.
                if method == "GET" and error.code < 500:
                    return Answer(url, error.code in DEAD, words)
            except (OSError, HTTPException) as error:
                words = str(getattr(error, "reason", error)) or type(error).__name__
                break
    return Answer(url, True, words)
