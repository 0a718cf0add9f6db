"""The site as an archive whose pages work when they are opened from a folder, without a server.

A page that comes from ``file:`` may not load modules, workers or data, and a link to a folder shows a list of files.
So links name the files, the search index becomes a script, its worker runs in a hidden frame, and Python stays away.
"""

import io
import json
import posixpath
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.common.files import write_atomically
from sitegen.common.html import attribute, element, is_local, parse, write

__all__ = ["FOLDER", "archive"]

FOLDER = "calcguide-site"  # what the archive unpacks to
SHIM = Path("node_modules/iframe-worker/shim/index.js")
SHIM_URI = "assets/javascripts/iframe-worker.js"
INDEX = "search/search_index.json"
# Python for the browser, what only a server or a search engine reads, and what only debuggers or other languages need.
LEFT_OUT = re.compile(
    r"assets/pyodide/|assets/live/.*(?<!\.css)$|assets/javascripts/lunr/|downloads/"
    r"|404\.html|robots\.txt|llms(-full)?\.txt|sitemap\.xml(\.gz)?$|objects\.inv$|.*\.map$"
)

_NEEDS_SERVER = 'link[rel="preload"], script[type="module"]'
_BUNDLE = "assets/javascripts/bundle."


def archive(site: Path, target: Path) -> None:
    """Write the archive of a built site; the same site gives the same bytes."""
    contents = {}
    for file in sorted(site.rglob("*")):
        uri = file.relative_to(site).as_posix()
        if file.is_file() and not LEFT_OUT.match(uri):
            contents[uri] = file.read_bytes()
    for uri, content in contents.items():
        if uri.endswith(".html"):
            contents[uri] = page(content.decode(), uri, site).encode()
    contents[SHIM_URI] = SHIM.read_bytes()
    contents["search/search_index.js"] = search_index(contents.pop(INDEX), site)

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for uri, content in sorted(contents.items()):
            member = zipfile.ZipInfo(f"{FOLDER}/{uri}")  # of the year 1980
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            packed.writestr(member, content)
    write_atomically(target, buffer.getvalue())


def page(html: str, uri: str, site: Path) -> str:
    """Return a page as it has to be to work from a folder."""
    tree = parse(html)
    for link in tree.css("a[href], link[href]"):
        link.attrs["href"] = to_file(attribute(link, "href"), uri, site)
    for node in tree.css(_NEEDS_SERVER):
        node.decompose()
    for settings in tree.css("script#__config"):
        settings.inner_html = _without_instant(settings.text())
    for bundle in tree.css(f'script[src*="{_BUNDLE}"]'):
        root, _, _ = attribute(bundle, "src").partition(_BUNDLE)
        bundle.insert_before(element(f'<script src="{root}{SHIM_URI}"></script>'))
    canonical = tree.css_first('link[rel="canonical"]')
    if canonical is None:
        return write(tree)
    online = attribute(canonical, "href")
    for offer in tree.css(".downloads"):
        offer.replace_with(
            element(
                "<p>This is the copy for reading offline. "
                f'<a href="{online}">Online</a> are its newest version and the PDF.</p>'
            )
        )
    first = tree.css_first("[data-run=browser]")
    if first is not None:
        first.insert_before(
            element(
                '<p class="live-page"><span class="live-words">'
                "Run needs a server, and this is a copy for reading offline: "
                f'<a href="{online}">the same page online</a> runs and edits its snippets.</span></p>'
            )
        )
    return write(tree)


def _without_instant(settings: str) -> str:
    """Leave out of the settings of Material's script that pages are fetched by it."""
    read = json.loads(settings)
    instant = "navigation.instant"
    read["features"] = [name for name in read["features"] if not name.startswith(instant)]
    return json.dumps(read)


def to_file(address: str, uri: str, site: Path) -> str:
    """Let a link to a folder name the page that a server would send."""
    if not is_local(address):
        return address
    parts = urlsplit(address)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(uri), unquote(parts.path)))
    if not parts.path or not (site / path).is_dir():
        return address
    return parts._replace(path=posixpath.join(parts.path, "index.html")).geturl()


def search_index(content: bytes, site: Path) -> bytes:
    """Return the search index as a script."""
    index = json.loads(content)
    for entry in index["docs"]:
        entry["location"] = to_file("./" + entry["location"], "index.html", site).removeprefix("./")
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return f"var __index = {text};\n".encode()
