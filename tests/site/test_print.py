"""Single pages on paper: light, open and uncut."""

from contextlib import closing
from typing import Any

import pytest

from sitegen.figures.palettes import PALETTES

pdfium = pytest.importorskip("pypdfium2")

PAPER = {"width": 673, "height": 900}  # A4 less its margins, in CSS pixels

ON_PAPER = """() => {
    const visible = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
    const style = (element, name) => getComputedStyle(element)[name];
    const wide = [...document.querySelectorAll(".md-typeset :is(pre, code, table, img, .katex-display > .katex)")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1);
    const closed = [...document.querySelectorAll("details:not(.no-print) > :not(summary)")].filter(e => !e.checkVisibility());
    return {
        pressed: visible(".md-header, .md-tabs, .md-sidebar, .md-footer, .headerlink, .md-code__nav, .live-bar, .live-page, .md-top, .no-print")
            .map(e => e.className),
        figures: visible(".figure img").map(e => e.src.split("#")[1]),
        ink: style(document.querySelector(".md-typeset p"), "color"),
        paper: style(document.body, "backgroundColor"),
        wide: wide.map(e => e.outerHTML.slice(0, 150)),
        closed: closed.length,
        solutions: document.querySelectorAll("details:not(.no-print)").length,
    };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_prints_light_open_and_uncut(browser: Any, address: str, scheme: str) -> None:
    paths = [
        "tutorials/vector-calculus/",
        "tutorials/five-concepts/",
        "errata/",
        "reference/newton/",
    ]
    with closing(browser.new_page(viewport=PAPER, color_scheme=scheme)) as page:
        for path in paths:
            page.goto(address + path)
            assert {"light": "default", "dark": "slate"}[scheme] == page.evaluate(
                "document.body.dataset.mdColorScheme"
            )
            page.emulate_media(media="print", color_scheme=scheme)
            seen = page.evaluate(ON_PAPER)
            page.emulate_media(media="screen", color_scheme=scheme)
            assert [] == seen["pressed"], path
            assert {"only-light"} >= set(seen["figures"]), path
            assert ("rgb(29, 41, 45)", "rgb(255, 255, 255)") == (seen["ink"], seen["paper"]), path
            assert [] == seen["wide"], path
            assert 0 == seen["closed"], path
            if path.startswith("tutorials/"):
                assert seen["figures"], path
                assert seen["solutions"], path


def test_figures_are_printed_from_a_dark_page(browser: Any, address: str) -> None:
    with closing(browser.new_page(color_scheme="dark")) as page:
        page.goto(address + "tutorials/vector-calculus/")
        document = pdfium.PdfDocument(page.pdf(format="A4"))
    blue = tuple(bytes.fromhex(list(PALETTES["light"].values())[3][1:]))
    with closing(document):
        drawn = 0
        for sheet in document:
            image = sheet.render(scale=0.6).to_pil().convert("RGB")
            drawn += blue in {colour for _, colour in image.getcolors(maxcolors=10**6)}
    assert drawn >= 4
