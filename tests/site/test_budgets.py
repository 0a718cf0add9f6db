"""What a reader waits for: how much a page fetches, how often it asks, and whether anything moves.

Bytes and counts are the same on every machine; times are not, and Lighthouse looks at them (`make bench`).
"""

import gzip
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PACKED = {".woff2", ".png", ".gz", ".whl"}  # a server does not compress these again
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}

# The most that a page may fetch when it is opened, in kB, and how many requests it may need for that.
# The aim is 150 kB. Long pages exceed it by their own text, code and formulas: of what they fetch, 115 kB are the same
# everywhere. Their budgets are what they weigh today, so that none gets heavier unnoticed.
BUDGETS = {
    "": (150, 22),
    "tutorials/differential-equations/": (180, 32),
    "tutorials/five-concepts/": (175, 32),
    "tutorials/gradient-descent/": (168, 32),
    "tutorials/gradients-and-hessians/": (210, 32),
    "tutorials/vector-calculus/": (160, 32),
    "notebooks/tutorials/gradient-descent/": (168, 32),
    "errata/": (155, 24),
    "benchmarks/": (150, 22),
    "cases/": (150, 22),
    "reference/": (150, 22),
    "reference/linear_models/": (150, 26),
    "no/such/page/": (150, 22),
}
MOVES = """
window.moved = [];
new PerformanceObserver(list => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) moved.push([value, sources.map(({ node }) => node?.textContent.slice(0, 60))]);
}).observe({ type: "layout-shift", buffered: true });
"""


class Visit(NamedTuple):
    """What opening one page has fetched, in bytes, and what has moved meanwhile."""

    path: str
    fetched: dict[str, int]
    moved: list[tuple[float, list[str]]]


def compressed(file: Path) -> int:
    data = file.read_bytes()
    return len(data) if file.suffix in PACKED else len(gzip.compress(data, 9))


@pytest.fixture(scope="session", params=SIZES)
def visits(request: pytest.FixtureRequest, browser: Any, address: str, site: Path) -> list[Visit]:
    """Open a page of each kind, each in a browser that has nothing yet."""
    made = []
    for path in BUDGETS:
        with closing(browser.new_context(viewport=SIZES[request.param])) as fresh:
            page = fresh.new_page()
            page.add_init_script(MOVES)
            asked: dict[str, None] = {}
            page.on("request", lambda request, asked=asked: asked.setdefault(request.url))
            page.goto(address + path, wait_until="networkidle")
            page.evaluate("document.fonts.ready")
            moved = page.evaluate("moved")
        fetched = {}
        for url in asked:
            file = site / url.removeprefix(address).split("?")[0].split("#")[0]
            file = file / "index.html" if file.is_dir() else file
            fetched[url.removeprefix(address)] = compressed(
                file if file.is_file() else site / "404.html"
            )
        made.append(Visit(path, fetched, moved))
    return made


def test_no_page_is_heavier_than_its_budget(visits: list[Visit]) -> None:
    too_heavy = []
    for path, fetched, _ in visits:
        total, limit = sum(fetched.values()) / 1000, BUDGETS[path][0]
        heaviest = sorted(fetched, key=fetched.__getitem__, reverse=True)[:6]
        if total > limit:
            parts = ", ".join(
                f"{name or 'the page'} {fetched[name] / 1000:.1f}" for name in heaviest
            )
            too_heavy.append(
                f"/{path} fetches {total:.1f} kB of {limit}; the heaviest are: {parts}"
            )
    assert not too_heavy, "\n".join(too_heavy)


def test_no_page_asks_too_often(visits: list[Visit]) -> None:
    too_many = {
        path: sorted(fetched) for path, fetched, _ in visits if len(fetched) > BUDGETS[path][1]
    }
    assert {} == too_many


def test_nothing_moves_while_a_page_loads(visits: list[Visit]) -> None:
    shifts = {path: moved for path, _, moved in visits if sum(value for value, _ in moved) > 0.01}
    assert {} == shifts
