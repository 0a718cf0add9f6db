"""Pages are handed on: copied as Markdown, read by programs, cited."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.common.html import attribute, find, parse
from sitegen.outputs.links import LOCATIONS
from sitegen.outputs.reuse.citations import Citation, read_work

HOME = "https://calcguide.github.io/calcguide/"
PAGE = "tutorials/gradient-descent"


def test_a_page_is_copied_as_its_markdown(browser: Any, address: str, site: Path) -> None:
    with closing(browser.new_page()) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}{PAGE}/", wait_until="networkidle")
        assert f"{address}{PAGE}.md" not in asked, "nothing is fetched before the press"
        page.get_by_role("link", name="Copy page as Markdown").click()
        page.get_by_text("Page copied as Markdown").wait_for()
        assert f"{address}{PAGE}/" == page.url
        copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert (site / f"{PAGE}.md").read_text(encoding="utf-8") == copied


@pytest.mark.parametrize("lacking", ["script", "clipboard", "twin"])
def test_where_nothing_can_be_copied_the_link_opens_the_markdown(
    browser: Any, address: str, lacking: str
) -> None:
    options = {"java_script_enabled": lacking != "script", "accept_downloads": True}
    with closing(browser.new_context(**options)) as context:
        page = context.new_page()
        if lacking == "clipboard":
            page.add_init_script("delete Navigator.prototype.clipboard")
        page.goto(f"{address}{PAGE}/", wait_until="networkidle")
        asked: list[str] = []
        page.on(
            "request", lambda request: request.is_navigation_request() and asked.append(request.url)
        )
        if lacking == "twin":
            page.evaluate("() => void (window.fetch = () => Promise.reject(new Error('offline')))")
        page.get_by_role("link", name="Copy page as Markdown").click()
        page.wait_for_timeout(500)
    assert [f"{address}{PAGE}.md"] == asked


def test_every_page_on_the_site_map_has_a_twin_in_the_lists(site: Path) -> None:
    listed, everything = (
        (site / name).read_text(encoding="utf-8") for name in ("llms.txt", "llms-full.txt")
    )
    pages = LOCATIONS.findall((site / "sitemap.xml").read_text(encoding="utf-8"))
    assert pages
    for page in pages:
        uri = page.removeprefix(HOME)
        twin = next(
            name for name in (f"{uri}index.md", f"{uri.rstrip('/')}.md") if (site / name).is_file()
        )
        assert f"]({HOME}{twin})" in listed
        assert (site / twin).read_text(encoding="utf-8") in everything


def test_the_errata_are_published_as_data_that_lead_to_the_page(site: Path) -> None:
    page = parse((site / "errata/index.html").read_text(encoding="utf-8"))
    anchors = [f"{HOME}errata/#{attribute(heading, 'id')}" for heading in page.css("h3[id]")]
    entries = json.loads((site / "errata.json").read_text(encoding="utf-8"))
    assert anchors == [entry["url"] for entry in entries]
    assert 59 == len(entries)


def test_tutorials_and_cases_say_how_to_cite_them(site: Path) -> None:
    for path in (
        file for folder in ("tutorials", "cases") for file in site.glob(f"{folder}/*/index.html")
    ):
        page = parse(path.read_text(encoding="utf-8"))
        uri = f"{path.parent.relative_to(site).as_posix()}.md"
        title = attribute(find(page, "meta[property='og:title']"), "content")
        expected = Citation(uri, title, read_work())
        shown = [block.text().strip() for block in page.css(".citation :is(p, code)")]
        assert [expected.plain, expected.bibtex, expected.csl] == shown
        tags = [
            (attribute(tag, "name"), attribute(tag, "content"))
            for tag in page.css("meta[name^='citation_'], meta[name^='DC.']")
        ]
        assert expected.tags == tags
    others = [site / "index.html", site / "errata/index.html", site / "cases/index.html"]
    others += site.glob("notebooks/*/*/index.html")
    assert [] == [path for path in others if "Cite this page" in path.read_text(encoding="utf-8")]
