"""The copies of the site that readers take away: the archive and the PDF, and single pages on paper."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from sitegen.common.chromium import find_chromium
from sitegen.common.html import change_attributes
from sitegen.figures.palettes import PALETTES
from sitegen.outputs import downloads
from sitegen.outputs.archive import FOLDER, archive
from sitegen.outputs.pdf import TITLE, chapters, print_guide

PdfReader = pytest.importorskip("pypdf").PdfReader
pdfium = pytest.importorskip("pypdfium2")

TUTORIAL = "tutorials/vector-calculus/index.html"


# The archive


@pytest.fixture(scope="module")
def packed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the archive of the site."""
    file = tmp_path_factory.mktemp("archive") / downloads.ARCHIVE
    archive(site, file)
    return file


@pytest.fixture(scope="module")
def unpacked(packed: Path) -> Path:
    """Return the folder that a reader gets."""
    with zipfile.ZipFile(packed) as members:
        members.extractall(packed.parent)
    return packed.parent / FOLDER


def test_the_archive_is_small_and_the_same_each_time(site: Path, packed: Path) -> None:
    first = packed.read_bytes()
    archive(site, packed)
    assert first == packed.read_bytes()
    assert len(first) < 15e6
    members = zipfile.ZipFile(io.BytesIO(first)).infolist()
    assert {(1980, 1, 1, 0, 0, 0)} == {member.date_time for member in members}
    assert all(member.filename.startswith(f"{FOLDER}/") for member in members)
    assert not [member.filename for member in members if "/pyodide/" in member.filename]


def test_every_link_in_the_archive_names_a_file(unpacked: Path) -> None:
    broken, seen = [], []
    for page in unpacked.rglob("*.html"):

        def note(tag: str, name: str, value: str, page: Path = page) -> str:
            parts = urlsplit(value)
            if name in ("href", "src") and not parts.scheme and not parts.netloc and parts.path:
                target = page.parent / unquote(parts.path)
                # A browser would look for figures and style sheets nowhere else either.
                (seen if target.is_file() else broken).append((page.name, value))
            return value

        change_attributes(page.read_text(encoding="utf-8"), note)
    assert len(seen) > 1000
    # The feed's readers want its address, and engines the site map; no one follows them from a folder.
    assert [] == broken


@pytest.mark.parametrize(("scheme", "end"), [("light", "#only-light"), ("dark", "#only-dark")])
def test_the_archive_works_without_a_server(
    browser: Any, unpacked: Path, scheme: str, end: str
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    with closing(browser.new_page(color_scheme=scheme)) as page:
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: errors.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.goto((unpacked / "index.html").as_uri())
        page.locator(".md-search__input").click()
        page.keyboard.type("saddle", delay=20)
        page.locator(".md-search-result__item a").first.click()
        page.wait_for_url(re.compile(r"/index\.html\?h=saddle"))
        page.locator("mark").first.wait_for()

        page.goto((unpacked / TUTORIAL).as_uri())
        page.evaluate("document.fonts.ready")
        assert page.locator(".katex").count() > 50
        assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
        figures = page.evaluate(
            """async () => {
                const images = [...document.querySelectorAll(".figure img")];
                const shown = images.filter(image => getComputedStyle(image).display !== "none");
                for (const image of shown) { image.loading = "eager"; await image.decode(); }
                return shown.map(image => [image.src, image.naturalWidth]);
            }"""
        )
        assert figures
        assert [] == [src for src, width in figures if not src.endswith(end) or width == 0]
        note = page.locator(".live-page")
        assert "Run needs a server" in note.inner_text()
        online = "https://calcguide.github.io/calcguide/tutorials/vector-calculus/"
        assert online == note.locator("a").get_attribute("href")
        assert page.locator(".live-bar").count() == 0

        page.locator(".md-tabs a", has_text="Reference").click()
        page.wait_for_url("**/reference/index.html")
    assert [] == errors
    assert [] == [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]


@pytest.fixture
def small(site: Path, tmp_path: Path) -> Path:
    """Return a site of three pages, without downloads."""
    for name in ("index.html", downloads.PAGE, "search/search_index.json", TUTORIAL):
        target = tmp_path / "site" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / name, target)
    return tmp_path / "site"


def offered(site: Path) -> list[str]:
    html = (site / downloads.PAGE).read_text(encoding="utf-8")
    return re.findall(r'href="([^"]+)" download', html)


def test_only_what_there_is_is_offered(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "find_chromium", lambda: None)
    monkeypatch.delenv("CALCGUIDE_REQUIRE_BROWSER", raising=False)
    for _ in range(2):  # the second time the links are there already
        downloads.make(small, lambda message: None)
        assert [f"../{downloads.FOLDER}/{downloads.ARCHIVE}"] == offered(small)
        assert (small / downloads.FOLDER / downloads.ARCHIVE).is_file()


def test_a_published_site_may_not_lack_its_pdf(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "find_chromium", lambda: None)
    monkeypatch.setenv("CALCGUIDE_REQUIRE_BROWSER", "1")
    with pytest.raises(RuntimeError, match="there is no Chromium"):
        downloads.make(small)


def test_the_archive_offers_nothing_that_it_lacks(unpacked: Path) -> None:
    assert [] == offered(unpacked)
    html = (unpacked / downloads.PAGE).read_text(encoding="utf-8")
    assert 'href="https://calcguide.github.io/calcguide/offline/">Online</a>' in html


# The PDF


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
    figures = sum(chapter.body.count("#only-light") for chapter in chapters(site))
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


# A page printed from the browser

PAPER = {"width": 673, "height": 900}  # A4 less its margins, in CSS pixels

ON_PAPER = """() => {
    const visible = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
    const style = (element, name) => getComputedStyle(element)[name];
    const wide = [...document.querySelectorAll(".md-typeset :is(pre, code, table, img, .katex-display > .katex)")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1);
    const closed = [...document.querySelectorAll("details > :not(summary)")].filter(e => !e.checkVisibility());
    return {
        pressed: visible(".md-header, .md-tabs, .md-sidebar, .md-footer, .headerlink, .md-code__nav, .live-bar, .live-page, .md-top")
            .map(e => e.className),
        figures: visible(".figure img").map(e => e.src.split("#")[1]),
        ink: style(document.querySelector(".md-typeset p"), "color"),
        paper: style(document.body, "backgroundColor"),
        wide: wide.map(e => e.outerHTML.slice(0, 150)),
        closed: closed.length,
        solutions: document.querySelectorAll("details").length,
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
