"""Parts of pages, which browsers lay out when the reader comes near."""

import re
from contextlib import closing
from typing import Any

import pytest

from sitegen.rendering.sections import in_parts

TEXT = "<p>" + "All work and no play. " * 20 + "</p>"
HEIGHTS = """async () => {
    const parts = [...document.querySelectorAll(".part")];
    const guessed = parts.map(part => parseFloat(getComputedStyle(part).containIntrinsicBlockSize.split(" ")[1]));
    for (const part of parts) part.style.cssText += ";content-visibility:visible;display:flow-root";
    document.body.offsetHeight;
    await document.fonts.ready;
    return parts.map((part, index) => [guessed[index], part.offsetHeight]);
}"""


def test_what_stands_between_headings_is_a_part() -> None:
    html = f"<h1>A</h1>{TEXT}<h2 id='b'>B</h2>{TEXT}<h3>C</h3>{TEXT}"
    boxed = in_parts(html)
    assert html == re.sub(r'<div class="part"[^>]*>|</div>', "", boxed)
    assert boxed.startswith(f"<h1>A</h1>{TEXT}<h2 id='b'>B</h2><div class=\"part\"")
    assert 2 == boxed.count('class="part"')
    assert boxed.endswith(f"{TEXT}</div>")


@pytest.mark.parametrize(
    "html",
    [
        f"<div><h2>A</h2>{TEXT}</div><div><h2>B</h2>{TEXT}</div>",
        f"<section><h2>A</h2>{TEXT}</section>",
        "<h2>A</h2><p>Short.</p>",
        TEXT,
        "",
    ],
)
def test_boxes_stay_whole_and_short_parts_as_they_are(html: str) -> None:
    boxed = in_parts(html)
    assert html == re.sub(r'<div class="part"[^>]*>(.*?)</div>', r"\1", boxed)
    assert boxed.count("<div") == boxed.count("</div")
    assert "<section><h2>A</h2><div" not in boxed


def test_the_last_part_ends_before_the_box_around_all() -> None:
    boxed = in_parts(f'<div class="notebook"><h2>A</h2>{TEXT}</div>')
    assert boxed.startswith('<div class="notebook"><h2>A</h2><div class="part"')
    assert boxed.endswith(f"{TEXT}</div></div>")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path", ["tutorials/vector-calculus/", "errata/", "notebooks/cases/recommender/"]
)
def test_heights_are_guessed_well(path: str, width: int, browser: Any, address: str) -> None:
    """A wrong guess lets the scroll bar jump, and the page where the browser does not hold it."""
    with closing(browser.new_page(viewport={"width": width, "height": 800})) as page:
        page.goto(address + path, wait_until="networkidle")
        bars, before = page.locator(".live-bar"), -1
        while bars.count() != before:  # they come a few at a time
            before = bars.count()
            page.wait_for_timeout(500)
        heights = page.evaluate(HEIGHTS)
    assert len(heights) >= 5
    assert sum(g for g, _ in heights) == pytest.approx(sum(h for _, h in heights), rel=0.1)
    assert all(0.4 < guessed / height < 2 for guessed, height in heights)


def test_a_link_leads_to_its_heading(browser: Any, address: str) -> None:
    """Although all that stands before it has only guessed heights."""
    with closing(browser.new_page(viewport={"width": 390, "height": 800})) as page:
        page.goto(address + "errata/#e3-1", wait_until="networkidle")
        heading = page.locator("#e3-1")
        page.wait_for_timeout(300)
        top = heading.evaluate("heading => heading.getBoundingClientRect().top")
    assert 0 <= top < 200


def test_what_is_not_laid_out_yet_is_found_and_printed(browser: Any, address: str) -> None:
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(address + "tutorials/vector-calculus/", wait_until="networkidle")
        skipped = """() => [...document.querySelectorAll(".part p")]
            .filter(p => !p.checkVisibility({ contentVisibilityAuto: true })).length"""
        assert page.evaluate(skipped) > 10
        text = page.locator(".part > p").last.text_content()
        assert page.evaluate("text => find(text)", text[:40])
        page.emulate_media(media="print")
        assert 0 == page.evaluate(skipped)
