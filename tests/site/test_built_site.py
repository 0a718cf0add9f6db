"""What is true of the site as it is built and as a browser shows it."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

import calcguide
from tests.site.looks import DEVICES, OPEN, SCROLLING, Box, Looks

HOME = "https://calcguide.github.io/calcguide/"
MODULES = sorted(m.name for m in pkgutil.iter_modules(calcguide.__path__) if m.name[0] != "_")

LOADED_ATTRIBUTES = {"src", "srcset", "poster", "data", "xlink:href"}
LOADED_LINKS = {
    "stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest", "preload", "modulepreload",
    "prefetch", "preconnect", "dns-prefetch",
}  # fmt: skip
IN_CSS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
IN_SVG = re.compile(r"""(?:xlink:)?href\s*=\s*["']([^"']+)|url\(\s*["']?([^"')]+)""")


@dataclass
class Page(HTMLParser):
    """A page of the site: its tags with their attributes, and the text of some of them."""

    path: Path
    url: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=lambda: {"title": "", "style": "", "script": ""})

    def __post_init__(self) -> None:
        super().__init__()
        self.inside = ""
        self.source = self.path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        # An SVG has titles of its own; the page's comes first.
        self.inside = tag if tag != "title" or not self.texts["title"] else ""

    def handle_data(self, data: str) -> None:
        if self.inside in self.texts:
            self.texts[self.inside] += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def meta(self, name: str) -> str:
        return next((m["content"] for m in self.all("meta") if m.get("name") == name), "")

    @property
    def ids(self) -> set[str]:
        return {a[key] for _, a in self.tags for key in ("id", "name") if key in a}

    @property
    def loaded(self) -> Iterator[str]:
        """The addresses of everything a browser loads with the page."""
        for tag, attributes in self.tags:
            for name in LOADED_ATTRIBUTES & attributes.keys():
                parts = attributes[name].split(",") if name == "srcset" else [attributes[name]]
                yield from (part.split()[0] for part in parts if part.strip())
            if tag == "link" and LOADED_LINKS & set(attributes.get("rel", "").split()):
                yield attributes["href"]
            if tag in ("image", "use") and "href" in attributes:
                yield attributes["href"]
            yield from found(IN_CSS, attributes.get("style", ""))
        yield from found(IN_CSS, self.texts["style"])


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [next(filter(None, match.groups())) for match in pattern.finditer(text)]


@cache
def read_pages(site: Path) -> list[Page]:
    pages = []
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        if 'http-equiv="refresh"' in path.read_text(encoding="utf-8"):
            continue  # a page that has moved (test_addresses.py)
        pages.append(Page(path, urljoin(HOME, name.removesuffix("index.html"))))
    return pages


@pytest.fixture(scope="session")
def pages(site: Path) -> list[Page]:
    """Return all pages; that of the error 404 is one of them."""
    found = read_pages(site)
    assert len(found) > len(MODULES)
    return found


def is_foreign(address: str, base: str) -> bool:
    parts = urlsplit(urljoin(base, address))
    return parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(HOME).netloc


def target(site: Path, url: str) -> Path | None:
    """The file that answers for an address of the site, if there is one."""
    if not url.startswith(HOME):
        return None
    path = site / unquote(urlsplit(url).path.removeprefix(urlsplit(HOME).path))
    path = path / "index.html" if path.is_dir() else path
    return path if path.is_file() else None


# What the files say


def test_pages_load_nothing_from_other_hosts(pages: list[Page]) -> None:
    assert [] == [(p.url, a) for p in pages for a in p.loaded if is_foreign(a, p.url)]


def test_style_sheets_and_drawings_load_nothing_from_other_hosts(site: Path) -> None:
    foreign = []
    for suffix, pattern in ((".css", IN_CSS), (".svg", IN_SVG)):
        files = sorted(site.rglob(f"*{suffix}"))
        assert files
        for file in files:
            addresses = found(pattern, file.read_text(encoding="utf-8"))
            foreign += [(file.name, a) for a in addresses if is_foreign(a, HOME)]
    assert [] == foreign


def test_our_scripts_name_no_other_host(site: Path) -> None:
    # Pyodide's names hosts that it does not ask; a browser shows that (test_live.py).
    others = {"javascripts", "pyodide"}
    ours = [s for s in site.rglob("*.js") if not others & set(s.relative_to(site).parts)]
    assert ours
    named = [
        (s.name, m)
        for s in ours
        for m in re.findall(r"(?:https?:)?//\w[\w.-]*\.\w+", s.read_text())
    ]
    assert [] == named


def test_formulas_need_no_script(site: Path, pages: list[Page]) -> None:
    scripts = [s.name for s in site.rglob("*.js")]
    scripts += [attributes.get("src", "") for page in pages for attributes in page.all("script")]
    scripts += [page.texts["script"] for page in pages]
    assert not re.search("katex|mathjax", "\n".join(scripts), re.IGNORECASE)


def test_formulas_are_rendered(pages: list[Page]) -> None:
    raw = [p.url for p in pages if re.search(r'class="arithmatex">\\[(\[]', p.source)]
    assert [] == raw
    assert any('class="katex' in page.source for page in pages)


@pytest.mark.parametrize(
    ("what", "holds"),
    [
        ("has a title", lambda page: page.texts["title"].strip()),
        ("has a description", lambda page: len(page.meta("description")) >= 40),
        ("is in English", lambda page: page.all("html")[0]["lang"] == "en"),
        ("has one h1", lambda page: len(page.all("h1")) == 1),
        ("has a viewport", lambda page: "width=device-width" in page.meta("viewport")),
        ("names no id twice", lambda page: not twice(page)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_page(pages: list[Page], what: str, holds: Callable[[Page], object]) -> None:
    assert [] == [page.url for page in pages if not holds(page)], what


def twice(page: Page) -> list[str]:
    # KaTeX and inline drawings have ids of their own, but none that repeat either.
    counts = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    return [name for name, count in counts.items() if count > 1]


def test_every_page_is_canonical_at_its_own_address(pages: list[Page]) -> None:
    for page in pages:
        if page.path.name != "404.html":
            links = [a["href"] for a in page.all("link") if a.get("rel") == "canonical"]
            # A notebook repeats the page from which it is made.
            assert [page.url.replace(f"{HOME}notebooks/", HOME)] == links


def test_every_page_names_the_feed_of_changes(site: Path, pages: list[Page]) -> None:
    assert (site / "feed.xml").is_file()
    for page in pages:
        (feed,) = [a for a in page.all("link") if "alternate" in a.get("rel", "").split()]
        assert "application/atom+xml" == feed["type"]
        assert f"{HOME}feed.xml" == urljoin(page.url, feed["href"])
        # Material would take it for a language, and fetch another site map.
        assert "alternate" != feed["rel"]


@pytest.mark.parametrize("what", ["title", "description"])
def test_no_two_pages_have_the_same(pages: list[Page], what: str) -> None:
    values = [page.texts[what] if what == "title" else page.meta(what) for page in pages]
    assert [] == [value for value, count in Counter(values).items() if count > 1]


def test_every_image_says_what_it_shows_and_how_large_it_is(pages: list[Page]) -> None:
    for page in pages:
        for image in page.all("img"):
            assert image.get("alt", "").strip(), (page.url, image)
            assert image.get("width", "").isdigit(), (page.url, image)
            assert image.get("height", "").isdigit(), (page.url, image)


def test_links_and_their_anchors_resolve(site: Path, pages: list[Page]) -> None:
    ids = {page.path: page.ids for page in pages}
    broken = []
    for page in pages:
        links = [(a["href"], True) for a in page.all("a") if "href" in a]
        links += [(address, False) for address in page.loaded]
        for address, with_anchor in links:
            url, anchor = urldefrag(urljoin(page.url, address))
            if is_foreign(url, page.url) or urlsplit(url).scheme == "data":
                continue
            file = target(site, url)
            if file is None or (with_anchor and anchor and unquote(anchor) not in ids[file]):
                broken.append((page.url, address))
    assert [] == broken


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_has_every_public_name(pages: list[Page], module: str) -> None:
    url = urljoin(HOME, f"reference/{module}/")
    page = next((page for page in pages if page.url == url), None)
    assert page is not None, f"{url} is missing"
    names = importlib.import_module(f"calcguide.{module}").__all__
    assert set() == {f"calcguide.{module}.{name}" for name in names} - page.ids


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_shows_types_as_they_are_written(site: Path, module: str) -> None:
    # `ndarray, shape (n,)` is read as a tuple of Python; `ndarray of shape (n,)` is not.
    source = (site / "reference" / module / "index.html").read_text(encoding="utf-8")
    assert [] == re.findall(r"<code>\([^<]*shape\(.*?</code>", re.sub(r"</?span[^>]*>", "", source))


# What a browser shows


def test_a_browser_asks_no_other_host(looks: Looks, address: str) -> None:
    assert any(url.endswith(".woff2") for url in looks.asked)
    assert [] == [url for url in looks.asked if not url.startswith((address, "data:", "blob:"))]


def test_a_browser_reports_no_error(looks: Looks) -> None:
    assert [] == looks.errors


def test_no_page_is_wider_than_the_window(looks: Looks) -> None:
    assert [] == looks.too_wide


def test_only_code_that_runs_and_citations_can_be_copied(looks: Looks) -> None:
    assert {"language-python", "language-bibtex", "language-json"} == looks.copied


def test_what_scrolls_sideways_is_within_reach_of_the_keyboard(looks: Looks) -> None:
    # A telephone has no mouse: there Material takes code out of the tab order, among other things.
    assert looks.scrolling
    assert [] == [box for box in looks.scrolling if box.tab_index != 0]


def test_a_page_opened_by_a_click_is_mended_as_well(browser: Any, address: str, site: Path) -> None:
    # Material exchanges only the content of pages that are on the site map, and leaves out the port.
    site_map = (site / "sitemap.xml").read_text(encoding="utf-8").replace(HOME, address)
    with closing(browser.new_page(**DEVICES["phone"])) as page:
        page.route(
            "**/sitemap.xml", lambda route: route.fulfill(body=site_map, content_type="text/xml")
        )
        page.goto(address, wait_until="networkidle")
        page.evaluate("window.same = true")
        page.locator(".start a").first.click()
        page.wait_for_url("**/tutorials/**")
        page.evaluate(OPEN)
        assert page.evaluate("window.same"), "the page was loaded again"
        scrolling = [Box(page.url, *box) for box in page.evaluate(SCROLLING)]
        assert scrolling
        assert [] == [box for box in scrolling if box.tab_index != 0]


def scheme_of(page: Any) -> str:
    return page.evaluate("document.body.dataset.mdColorScheme")


@pytest.mark.parametrize(("system", "expected"), [("light", "default"), ("dark", "slate")])
def test_colours_follow_the_system(browser: Any, address: str, system: str, expected: str) -> None:
    with closing(browser.new_page(color_scheme=system)) as page:
        page.goto(address)
        assert expected == scheme_of(page)


def test_colours_can_be_chosen_and_stay_chosen(browser: Any, address: str) -> None:
    with closing(browser.new_page(color_scheme="light")) as page:
        page.goto(address)
        toggle = page.locator("[data-md-component=palette] label:visible")
        grounds = {}
        for expected in ("default", "slate"):
            toggle.click()
            assert expected == scheme_of(page)
            grounds[expected] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert grounds["default"] != grounds["slate"]
        page.goto(address + "reference/")
        assert "slate" == scheme_of(page)
        toggle.click()  # back to the system
        assert "default" == scheme_of(page)


def test_an_address_that_does_not_exist_gets_our_page(browser: Any, address: str) -> None:
    with closing(browser.new_page(color_scheme="light")) as page:
        response = page.goto(address + "tutorials/no/such/page/")
        assert 404 == response.status
        assert "This page does not exist" == page.locator("h1").inner_text()
        colour = page.evaluate(
            "getComputedStyle(document.querySelector('.md-header')).backgroundColor"
        )
        assert "rgb(13, 74, 88)" == colour, "the style sheet has not been found"
        page.get_by_role("link", name="the home page").click()
        page.wait_for_url(address)


def test_the_first_screen_says_what_why_and_where_to_start(browser: Any, address: str) -> None:
    for width, height in ((1280, 800), (390, 844)):
        with closing(browser.new_page(viewport={"width": width, "height": height})) as page:
            page.goto(address)
            for selector in ("h1", ".lead", ".start a:first-child", ".trust li:last-child"):
                box = page.locator(selector).bounding_box()
                assert box["y"] + box["height"] <= height, (selector, width)
