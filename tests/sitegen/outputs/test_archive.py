"""The archive of the site works from a folder."""

import io
import json
import re
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from sitegen.common.html import attribute, find, next_element, parse
from sitegen.outputs import downloads
from sitegen.outputs.archive import FOLDER, SHIM_URI, archive, page

TUTORIAL = "tutorials/vector-calculus/index.html"


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
    for file in unpacked.rglob("*.html"):
        tree = parse(file.read_text(encoding="utf-8"))
        for node in tree.css("[href], [src]"):
            value = attribute(node, "href") or attribute(node, "src")
            parts = urlsplit(value)
            if not parts.scheme and not parts.netloc and parts.path:
                target = file.parent / unquote(parts.path)
                # A browser would look for figures and style sheets nowhere else either.
                (seen if target.is_file() else broken).append((file.name, value))
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


def test_the_archive_offers_nothing_that_it_lacks(unpacked: Path) -> None:
    html = (unpacked / downloads.PAGE).read_text(encoding="utf-8")
    assert " download" not in html.partition("<article")[2].partition("</article>")[0]
    assert 'href="https://calcguide.github.io/calcguide/offline/">Online</a>' in html


PAGE = """\
<head><link rel="canonical" href="https://example.org/a/"><link rel="preload" href="../font.woff2">
<script type="module" src="../live.js"></script></head><article>
<p>Run me:</p><div class="language-python highlight" data-run="browser"><pre><code>1</code></pre></div>
<div class="language-python highlight" data-run="browser"><pre><code>2</code></pre></div>
<a href="../">home</a> <a href="../#x">part</a> <a href="../f.svg">file</a> <a href="https://example.org/b/">out</a>
</article><script id="__config" type="application/json">
{"base": "..", "features": ["navigation.instant", "navigation.tabs", "navigation.instant.prefetch"]}</script>
<script src="../assets/javascripts/bundle.1234.min.js"></script>
"""


def test_a_page_of_the_archive_needs_no_server(tmp_path: Path) -> None:
    tree = parse(page(PAGE, "a/index.html", tmp_path))
    links = [attribute(link, "href") for link in tree.css("article > a")]
    assert ["../index.html", "../index.html#x", "../f.svg", "https://example.org/b/"] == links
    assert [] == tree.css("[rel=preload], [type=module]")
    settings = json.loads(find(tree, "#__config").text())
    assert {"base": "..", "features": ["navigation.tabs"]} == settings
    scripts = [attribute(script, "src") for script in tree.css("script[src]")]
    assert [f"../{SHIM_URI}", "../assets/javascripts/bundle.1234.min.js"] == scripts
    (note,) = tree.css(".live-page")
    assert "Run needs a server" in note.text()
    following = next_element(note)
    assert following is not None
    assert "1" == following.text(), "it stands before the first snippet"
