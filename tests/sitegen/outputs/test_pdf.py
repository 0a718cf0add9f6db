"""The guide as a PDF has all of its pages, and links that lead somewhere."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.common.html import attribute, parse
from sitegen.common.programs.chromium import find_chromium
from sitegen.figures.palettes import PALETTES
from sitegen.outputs import downloads
from sitegen.outputs.pdf import TITLE, chapters, document, print_guide

PdfReader = pytest.importorskip("pypdf").PdfReader
pdfium = pytest.importorskip("pypdfium2")

HOME = "https://example.org/calcguide/"
PAGES = {
    "index.html": '<link rel="stylesheet" href="a.css"><article><h1>Home</h1></article>',
    "one/index.html": """<article><h1 id="top">One &amp; all<a class="headerlink" href="#top">¶</a></h1>
        <h2 id="a"><a href="../two/">Linked</a> <code>x</code><a class="headerlink" href="#a">¶</a></h2>
        <p><a href="../two/#b">there</a> <a href="../two/">two</a> <a href="#a">here</a>
        <a href="../three/?x=1&amp;y=2#c">not printed</a> <a href="https://example.net/?p&amp;q">out</a></p>
        <details><summary>Solution</summary></details>
        <img loading="lazy" src="f.svg#only-light"><img src="f-dark.svg#only-dark">
        <label for="n">n</label><input id="n" aria-describedby="a n"></article>""",
    "two/index.html": "<article><h1>Two</h1><h2 id='b'>B</h2></article>",
}


def test_the_guide_is_one_page_with_names_of_its_own(tmp_path: Path) -> None:
    for name, content in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "nav.yml").write_text(
        "nav: [{Home: index.md}, {Part: [{One: one.md}, {Two: two.md}]}]", encoding="utf-8"
    )
    found = chapters(tmp_path, tmp_path / "nav.yml")
    assert ["One & all", "Two"] == [chapter.title for chapter in found]
    assert [("a", "Linked <code>x</code>")] == found[0].sections, "without links"
    assert document(tmp_path, found, HOME) == document(tmp_path, found, HOME), "nothing is changed"
    tree = parse(document(tmp_path, found, HOME))
    links = [attribute(link, "href") for link in tree.css("#one p > a")]
    assert [
        "#two:b",
        "#two",
        "#one:a",
        f"{HOME}three/?x=1&y=2#c",
        "https://example.net/?p&q",
    ] == links
    (image,) = tree.css("img")
    assert (tmp_path / "one/f.svg").as_uri() + "#only-light" == attribute(image, "src")
    assert "eager" == attribute(image, "loading")
    assert "open" in tree.css("details")[0].attributes
    assert "one:n" == attribute(tree.css("label")[0], "for")
    assert "one:a one:n" == attribute(tree.css("input")[0], "aria-describedby")
    assert [] == tree.css(".headerlink")
    targets = {attribute(link, "href") for link in tree.css(".guide-contents a")}
    assert {"#one", "#one:a", "#two", "#two:b"} == targets
    assert targets <= {f"#{attribute(node, 'id')}" for node in tree.css("[id]")}


@pytest.fixture(scope="module")
def pdf(site: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the PDF that the site offers; print it where the site has been built without."""
    file = site / downloads.FOLDER / downloads.PDF
    if not file.is_file():
        chromium = find_chromium()
        if chromium is None:
            pytest.skip("there is no Chromium in the path to print with")
        file = tmp_path_factory.mktemp("pdf") / downloads.PDF
        print_guide(site, file, chromium)
    return file


@pytest.fixture(scope="module")
def guide(pdf: Path) -> Iterator[Any]:
    """Open the PDF."""
    with closing(pdfium.PdfDocument(pdf)) as document:
        yield document


@pytest.fixture(scope="module")
def texts(guide: Any) -> list[str]:
    """Return the text of each page, words apart by one space."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in guide]


def test_the_pdf_has_all_tutorials_in_order_and_its_contents_lead_to_them(
    site: Path, pdf: Path, guide: Any, texts: list[str]
) -> None:
    found = chapters(site)
    titles = [chapter.title for chapter in found]
    assert sum(chapter.uri.startswith("tutorials/") for chapter in found) >= 5
    outline = [entry for entry in guide.get_toc() if entry.level == 0]
    assert [*titles] == [entry.get_title() for entry in outline][2:]
    assert "Contents" == outline[1].get_title()

    numbers = [entry.get_dest().get_index() for entry in outline][2:]
    assert sorted(numbers) == numbers
    assert 3 * len(found) < len(guide) < 60 * len(found)
    # PDFium takes some gaps between the letters of these pages for spaces.
    contents = " ".join(page.extract_text() for page in PdfReader(pdf).pages[1 : numbers[0]])
    for title, number in zip(titles, numbers, strict=True):
        assert title in texts[number]
        assert texts[number].startswith(title), "the running head"
        assert title in contents
        assert re.search(rf"\b{number + 1}\b", contents), (title, number + 1)
    assert "999" not in contents


def test_no_page_of_the_pdf_is_empty(texts: list[str]) -> None:
    # A running head and a number are not enough, but a figure alone would do: it has no text.
    assert [] == [number for number, text in enumerate(texts, start=1) if len(text) < 15]


def test_the_pdf_has_formulas_and_figures_in_light_colours(
    site: Path, guide: Any, texts: list[str]
) -> None:
    assert sum("∇" in text for text in texts) > 10
    figures = sum(len(chapter.content.css('img[src$="#only-light"]')) for chapter in chapters(site))
    blue = tuple(bytes.fromhex(list(PALETTES["light"].values())[3][1:]))
    ground, drawn = set(), 0
    for page in guide:
        image = page.render(scale=0.6).to_pil().convert("RGB")
        colours = {colour for _, colour in image.getcolors(maxcolors=10**6)}
        ground.add(image.getpixel((2, 2)))
        drawn += blue in colours
    assert {(255, 255, 255)} == ground
    assert drawn > figures / 4


def test_links_of_the_pdf_stay_within_or_lead_to_the_web(pdf: Path) -> None:
    reader = PdfReader(pdf)
    uris, inside = set(), 0
    for page in reader.pages:
        for annotation in page.annotations or []:
            action = annotation.get_object().get("/A", {})
            if "/URI" in action:
                uris.add(action["/URI"])
            else:
                inside += 1
    assert inside > 100
    assert uris
    assert [] == [uri for uri in uris if not uri.startswith("https://")]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "screen readers find no structure"
    assert TITLE == reader.metadata.title
    assert reader.metadata.creation_date is None
