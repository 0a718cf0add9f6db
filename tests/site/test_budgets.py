"""What a reader waits for: how much a page fetches, how often it asks, and whether anything moves.

Bytes and counts are the same on every machine; times are not, and Lighthouse looks at them (`make bench`).
"""

import gzip
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sitegen.pages.sources import page_files

ROOT = Path(__file__).parents[2]
PACKED = {".woff2", ".png", ".gz", ".whl"}  # a server does not compress these again
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}

# The most that a page may fetch when it is opened, with the figures on its first screen, and how often it may ask.
LIMIT = 150  # kB
REQUESTS = 24

PAGES = [
    "",
    "errata/",
    "benchmarks/",
    "reference/",
    "reference/arima/",
    "reference/linear_models/",
    "no/such/page/",
    *(
        path.relative_to(ROOT / "docs").as_posix().removesuffix("index.md").replace(".md", "/")
        for folder in ("tutorials", "cases")
        for path in page_files(ROOT / "docs" / folder)
    ),
    "notebooks/tutorials/differential-equations/",
    "notebooks/cases/stock-prices/",
]
# Figures that begin below the first screen; the browser may fetch them a little before they are seen.
BELOW = """() => [...document.images].filter(image => image.getBoundingClientRect().top > innerHeight)
    .map(image => image.currentSrc.split("#")[0])"""
# What moved, when, and from where to where; `sources` are the largest boxes that did.
MOVES = """
window.moved = [];
new PerformanceObserver(list => {
    const place = box => `${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}x${Math.round(box.height)}`;
    const name = node => node instanceof Element
        ? `<${node.localName} class="${node.className}"> ${node.textContent.trim().slice(0, 60)}`
        : node?.textContent.slice(0, 60);
    for (const { value, hadRecentInput, startTime, sources } of list.getEntries())
        if (!hadRecentInput) moved.push([value, `after ${Math.round(startTime)} ms`, sources.map(
            ({ node, previousRect, currentRect }) => [name(node), place(previousRect), place(currentRect)])]);
}).observe({ type: "layout-shift", buffered: true });
"""
# Fonts that are on the first screen, and of which the browser has learned from the style sheet only.
LATE = """() => {
    const words = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
    const shown = new Set();
    while (words.nextNode()) {
        const box = words.currentNode.parentElement, style = getComputedStyle(box);
        if (!words.currentNode.data.trim() || !box.checkVisibility({ contentVisibilityAuto: true })) continue;
        if (box.getBoundingClientRect().top > innerHeight) continue;
        const family = style.fontFamily.split(",")[0].replaceAll('"', "");
        shown.add(family.startsWith("KaTeX") ? family : `wght-${style.fontStyle}`);
    }
    return performance.getEntriesByType("resource")
        .filter(({ name, initiatorType }) => name.endsWith("woff2") && initiatorType === "css")
        .filter(({ name }) => [...shown].some(font => name.includes(font))).map(({ name }) => name);
}"""


class Visit(NamedTuple):
    """What opening one page has fetched, in bytes, what has moved meanwhile, and which fonts were late."""

    path: str
    fetched: dict[str, int]
    moved: list[tuple[float, str, list[list[str]]]]
    late: list[str]


def compressed(file: Path) -> int:
    data = file.read_bytes()
    return len(data) if file.suffix in PACKED else len(gzip.compress(data, 9))


@pytest.fixture(scope="session", params=SIZES)
def visits(request: pytest.FixtureRequest, browser: Any, address: str, site: Path) -> list[Visit]:
    """Open a page of each kind, each in a browser that has nothing yet."""
    made = []
    for path in PAGES:
        with closing(browser.new_context(viewport=SIZES[request.param])) as fresh:
            page = fresh.new_page()
            page.add_init_script(MOVES)
            asked: dict[str, None] = {}
            page.on("request", lambda request, asked=asked: asked.setdefault(request.url))
            page.goto(address + path, wait_until="networkidle")
            page.evaluate("document.fonts.ready")
            moved = page.evaluate("moved")
            late = page.evaluate(LATE)
            below = set(page.evaluate(BELOW))
        fetched = {}
        for url in asked:
            if url.split("#")[0] in below:
                continue
            file = site / url.removeprefix(address).split("?")[0].split("#")[0]
            file = file / "index.html" if file.is_dir() else file
            fetched[url.removeprefix(address)] = compressed(
                file if file.is_file() else site / "404.html"
            )
        made.append(Visit(path, fetched, moved, late))
    return made


def test_no_page_is_heavier_than_its_budget(visits: list[Visit]) -> None:
    too_heavy = []
    for path, fetched, *_ in visits:
        total = sum(fetched.values()) / 1000
        heaviest = sorted(fetched, key=fetched.__getitem__, reverse=True)[:6]
        if total > LIMIT:
            parts = ", ".join(
                f"{name or 'the page'} {fetched[name] / 1000:.1f}" for name in heaviest
            )
            too_heavy.append(
                f"/{path} fetches {total:.1f} kB of {LIMIT}; the heaviest are: {parts}"
            )
    assert not too_heavy, "\n".join(too_heavy)


def test_no_page_asks_too_often(visits: list[Visit]) -> None:
    too_many = {path: sorted(fetched) for path, fetched, *_ in visits if len(fetched) > REQUESTS}
    assert {} == too_many


def test_nothing_moves_while_a_page_loads(visits: list[Visit]) -> None:
    shifts = {
        visit.path: visit.moved
        for visit in visits
        if sum(value for value, *_ in visit.moved) > 0.01
    }
    assert {} == shifts


@pytest.mark.parametrize("path", ["errata/", "cases/time-series/"])
def test_text_stays_in_place_when_its_font_comes_late(
    path: str, browser: Any, address: str
) -> None:
    late = []

    def hold(route: Any) -> None:
        late.append(route.request.url)
        time.sleep(1)
        route.continue_()

    with closing(browser.new_context(viewport=SIZES["narrow"])) as fresh:
        page = fresh.new_page()
        page.add_init_script(MOVES)
        page.route("**/source-sans-*.woff2", hold)
        page.goto(address + path, wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        moved = page.evaluate("moved")
    assert late
    assert sum(value for value, *_ in moved) <= 0.01, moved


def test_fonts_of_the_first_screen_are_announced(visits: list[Visit]) -> None:
    """What the style sheet alone names is fetched one round trip later."""
    assert {} == {visit.path: visit.late for visit in visits if visit.late}
    assert any("KaTeX" in name for visit in visits for name in visit.fetched)
