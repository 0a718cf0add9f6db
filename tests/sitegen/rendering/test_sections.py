"""Parts of pages, which browsers lay out when the reader comes near."""

from contextlib import closing
from typing import Any

import pytest

from sitegen.common.html import find, inside, parse
from sitegen.rendering.sections import add_sections

TEXT = "<p>" + "All work and no play. " * 20 + "</p>"
HEIGHTS = """async () => {
    const parts = [...document.querySelectorAll(".part")];
    const guessed = parts.map(part => parseFloat(getComputedStyle(part).containIntrinsicBlockSize.split(" ")[1]));
    for (const part of parts) part.style.cssText += ";content-visibility:visible;display:flow-root";
    document.body.offsetHeight;
    await document.fonts.ready;
    return parts.map((part, index) => [guessed[index], part.offsetHeight]);
}"""


def sectioned(html: str, selector: str = "body") -> str:
    tree = parse(html)
    add_sections(tree, find(tree, selector))
    return inside(find(tree, "body"))


def without_boxes(html: str) -> str:
    tree = parse(html)
    for part in tree.css("div.part"):
        part.unwrap(delete_empty=True)
    return inside(find(tree, "body"))


def test_what_stands_between_headings_is_a_part() -> None:
    html = f'<h1>A</h1>{TEXT}<h2 id="b">B</h2>{TEXT}<h3>C</h3>{TEXT}'
    boxed = sectioned(html)
    assert html == without_boxes(boxed)
    assert boxed.startswith(f'<h1>A</h1>{TEXT}<h2 id="b">B</h2><div class="part"')
    assert 2 == boxed.count('class="part"')
    assert boxed.endswith(f"{TEXT}</div>")


@pytest.mark.parametrize(
    "html",
    [
        f"<div><h2>A</h2>{TEXT}</div><div><h2>B</h2>{TEXT}</div>",
        f"<section><h2>A</h2>{TEXT}</section>",
        "<h2>A</h2><p>Short.</p>",
        "<h2>A</h2><h3>B</h3>",
        TEXT,
        "",
    ],
)
def test_boxes_stay_whole_and_short_parts_as_they_are(html: str) -> None:
    assert html == sectioned(html)


@pytest.mark.parametrize(
    "box",
    [
        "<dl><dt>Term</dt><dd><h3>In a definition</h3><p>a</p></dd></dl>",
        "<blockquote><h3>In a quotation</h3><p>a</p></blockquote>",
        "<ul><li><h3>In a list</h3><p>a</p></li></ul>",
        '<div class="admonition"><h3>In a box</h3><p>a</p></div>',
        "<details><summary>Solution</summary><h3>In a solution</h3></details>",
        "<table><tbody><tr><td><h3>In a table</h3></td></tr></tbody></table>",
    ],
)
def test_a_heading_in_a_nested_box_ends_no_part(box: str) -> None:
    html = f"<h2>A</h2>{TEXT}{box}{TEXT}<h2>B</h2>{TEXT}"
    boxed = sectioned(html)
    assert html == without_boxes(boxed)
    first, second = parse(boxed).css("div.part")
    assert f"{TEXT}{box}{TEXT}" == inside(first)
    assert TEXT == inside(second)


def test_the_parts_of_a_notebook_are_in_its_box() -> None:
    html = f'<h1>N</h1><div class="notebook"><h2>A</h2>{TEXT}</div>'
    boxed = sectioned(html, ".notebook")
    assert boxed.startswith('<h1>N</h1><div class="notebook"><h2>A</h2><div class="part"')
    assert boxed.endswith(f"{TEXT}</div></div>")


@pytest.mark.parametrize(
    ("html", "em", "letters"),
    [
        ("<pre><code>" + "x\n" * 11 + "</code></pre>", 17, 0),  # lines of 1.2 em, and its margins
        (r'<div class="arithmatex">\[a \\ b \\ c\]</div>', 8, 0),
        ('<p class="figure"><img height="320" src="a.svg#only-light"><img height="320" src="a#only-dark"></p>', 21, 0),
        (f"<details><summary>Solution</summary>{TEXT}</details>" * 6, 6, 0),
        (f"<details open><summary>Solution</summary>{TEXT}</details>" * 3, 6, 1350),
        ("<ul>" + "<li>" + "x" * 50 + "</li>" * 8 + "</ul>", 1, 50),
    ],
)  # fmt: skip
def test_the_height_is_guessed_from_what_a_part_holds(html: str, em: int, letters: int) -> None:
    boxed = sectioned(f"<h2>A</h2>{html}{TEXT}")
    assert f'style="--em:{em + 1};--letters:{letters + 450}"' in boxed


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
        skipped = """() => [...document.querySelectorAll(".part p:not(.no-print *)")]
            .filter(p => !p.checkVisibility({ contentVisibilityAuto: true })).length"""
        assert page.evaluate(skipped) > 10
        text = page.locator(".part > p").last.text_content()
        assert page.evaluate("text => find(text)", text[:40])
        page.emulate_media(media="print")
        # The browser lays out for the paper in its next frame, which a busy machine shows late.
        page.evaluate(
            "async () => { for (const _ of [1, 2]) await new Promise(requestAnimationFrame); }"
        )
        assert 0 == page.evaluate(skipped)
