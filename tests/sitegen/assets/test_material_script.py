"""Material's script as we build it: the patches fit, nothing that a page needs is missing, and it does what they say."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import material
import pytest

from sitegen.assets.material_script import UNSUPPORTED_FEATURES, UNUSED, material_script
from sitegen.common.files import files_in
from sitegen.common.html import parse

(BUNDLE,) = (Path(material.__file__).parent / "templates/assets/javascripts").glob("bundle.*.js")
SCRIPTS = "src/templates/assets/javascripts"
TUTORIAL = "tutorials/vector-calculus/"


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Callable[[str], str | None]], Path]:
    """Return a function that gives a bundle of which one source is changed, or missing."""

    def change(path: str, edit: Callable[[str], str | None]) -> Path:
        source_map = json.loads(BUNDLE.with_name(f"{BUNDLE.name}.map").read_text(encoding="utf-8"))
        sources = dict(zip(source_map["sources"], source_map["sourcesContent"], strict=True))
        edited = edit(sources.pop(path))
        if edited is not None:
            sources[path] = edited
        source_map = {"sources": list(sources), "sourcesContent": list(sources.values())}
        (tmp_path / "bundle.js.map").write_text(json.dumps(source_map), encoding="utf-8")
        return tmp_path / "bundle.js"

    return change


def test_a_patch_that_does_not_fit_names_itself_and_the_file(changed: Any) -> None:
    path = f"{SCRIPTS}/integrations/instant/index.ts"
    other = changed(path, lambda source: source.replace('("pathname")', '("href")'))
    with pytest.raises(
        ValueError, match=rf"first_page_visited\.patch does not fit {path}.* 0 times"
    ):
        material_script(other, [])
    twice = changed(path, lambda source: source * 2)
    with pytest.raises(ValueError, match=rf"anchors_by_browser\.patch .* {path}.* occur 2 times"):
        material_script(twice, [])


def test_a_patched_file_that_is_gone_stops_the_build(changed: Any) -> None:
    path = f"{SCRIPTS}/components/palette/index.ts"
    with pytest.raises(ValueError, match=rf"scheme_by_style_sheet\.patch changes {path}, which"):
        material_script(changed(path, lambda _: None), [])


def test_a_module_that_is_gone_stops_the_build(changed: Any) -> None:
    path = f"{SCRIPTS}/components/tabs/index.ts"
    with pytest.raises(ValueError, match=r'No matching export .* "mountTabs"'):
        material_script(changed(path, lambda _: None), [])


@pytest.mark.parametrize("feature", sorted(UNSUPPORTED_FEATURES))
def test_a_feature_that_needs_what_is_left_out_is_refused(feature: str) -> None:
    with pytest.raises(ValueError, match=rf"theme\.features has {feature}"):
        material_script(BUNDLE, ["toc.follow", feature])


def test_the_code_of_a_feature_is_there_if_it_is_on() -> None:
    prefetch = 'rel = "prefetch"'
    assert prefetch in material_script(
        BUNDLE, ["navigation.instant", "navigation.instant.prefetch"]
    )
    assert prefetch not in material_script(BUNDLE, ["navigation.instant"])


def test_the_script_says_whose_it_is(site: Path) -> None:
    (bundle,) = site.glob("assets/javascripts/bundle.*.js")
    script = bundle.read_text(encoding="utf-8")
    for name in ("Material for MkDocs", "RxJS", "focus-visible", "clipboard.js", "escape-html"):
        assert name in script


def test_modules_that_are_left_out_are_modules_of_material() -> None:
    source_map = json.loads(BUNDLE.with_name(f"{BUNDLE.name}.map").read_text(encoding="utf-8"))
    assert {f"{SCRIPTS}/{module}/index.ts" for module in UNUSED} <= set(source_map["sources"])


def test_no_page_needs_a_module_that_is_left_out(site: Path) -> None:
    pages = sorted(file for file in files_in(site) if file.endswith(".html"))
    assert len(pages) > 40
    for page in pages:
        tree = parse((site / page).read_text(encoding="utf-8"))
        found = {selector for selector in UNUSED.values() if tree.css_first(selector) is not None}
        assert set() == found, page


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[[str], tuple[Any, list[str]]]]:
    """Return a function that opens a page; it returns the page and the list of what is fetched."""
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:

        def opened(path: str) -> tuple[Any, list[str]]:
            fetched: list[str] = []
            page.on("request", lambda request: fetched.append(request.url.removeprefix(address)))
            page.goto(address + path, wait_until="networkidle")
            return page, fetched

        yield opened


def of_search(fetched: list[str]) -> list[str]:
    return [url.split("/")[-1].split(".")[0] for url in fetched if "search" in url.split("?")[0]]


def search(page: Any, words: str) -> None:
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('[data-md-component=search-query]')")
    page.keyboard.type(words)


def test_the_search_is_loaded_when_it_is_opened(visit: Any) -> None:
    page, fetched = visit(TUTORIAL)
    assert [] == of_search(fetched)
    assert [] == page.workers
    search(page, "Jacobian")
    page.locator(".md-search-result__link").first.wait_for()
    assert ["search", "search_index"] == sorted(of_search(fetched))


def test_the_search_works_when_another_page_has_been_opened_first(visit: Any) -> None:
    page, fetched = visit("")
    page.locator(".md-tabs__link", has_text="Errata").click()
    page.get_by_role("heading", level=1, name="Errata").wait_for()
    search(page, "Jacobian")
    page.locator(".md-search-result__link").first.wait_for()
    assert ["search", "search_index"] == sorted(of_search(fetched))


def test_words_that_were_searched_for_are_marked(visit: Any) -> None:
    page, fetched = visit(f"{TUTORIAL}?h=jacobian")
    page.locator(".md-content article mark").first.wait_for(state="attached")
    words = page.locator(".md-content article mark").all_text_contents()
    assert {"jacobian"} == {word.lower() for word in words}
    assert ["search_index"] == of_search(fetched)


def test_words_are_marked_where_the_result_is_on_the_open_page(visit: Any) -> None:
    page, _ = visit("reference/recurrent/")
    page.evaluate("document.querySelector('.md-content article').dataset.mark = 'mine'")
    search(page, "Jacobian")
    page.locator(".md-search-result__link[href$='reference/recurrent/?h=jacobian']").click()
    page.locator(".md-content article mark").first.wait_for(state="attached")
    assert "mine" == page.evaluate("document.querySelector('.md-content article').dataset.mark")


def test_addresses_become_absolute_when_the_first_page_is_exchanged(visit: Any) -> None:
    sheet = "document.querySelector('link[rel=stylesheet]').getAttribute('href')"
    page, _ = visit(TUTORIAL)
    assert page.evaluate(sheet).startswith("../")
    page.evaluate("window.mark = 'same document'")
    page.locator(".md-tabs__link", has_text="Errata").click()
    page.get_by_role("heading", level=1, name="Errata").wait_for()
    assert page.evaluate(sheet).startswith("http")
    page.locator(".md-tabs__link", has_text="Reference").click()
    page.get_by_role("heading", level=1, name="Reference").wait_for()
    page.go_back()
    page.get_by_role("heading", level=1, name="Errata").wait_for()
    page.go_back()
    page.get_by_role("heading", level=1, name="Vector calculus").wait_for()
    assert "same document" == page.evaluate("window.mark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
    )


def test_the_style_sheet_alone_chooses_the_colour_scheme(visit: Any) -> None:
    page, _ = visit(TUTORIAL)
    assert page.evaluate("document.querySelector('meta[name=color-scheme]')") is None
    colours = "[...document.querySelectorAll('meta[name=theme-color]')].map(meta => meta.content)"
    light = page.evaluate(colours)
    for _ in range(2):  # from the system's to light, from light to dark
        page.locator("form[data-md-component=palette] label:visible").click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert "dark" == page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert light != page.evaluate(colours)


def test_all_parts_of_a_page_start(visit: Any) -> None:
    page, _ = visit(TUTORIAL)
    page.evaluate("document.querySelectorAll('article h2')[2].scrollIntoView()")
    page.wait_for_function(
        "document.querySelectorAll('.md-sidebar--secondary .md-nav__link--passed').length > 1"
    )
    page.evaluate("scrollBy(0, -100)")
    page.locator(".md-top:not([hidden])").wait_for()
    assert 2 == page.locator(".md-sidebar__scrollwrap[style*=height]").count()
    assert page.locator(".md-header__title--active").count() == 1


def test_a_place_on_the_page_is_gone_to_without_another_page(browser: Any, address: str) -> None:
    """What a reader has run or written on a page stays, and so does what has the focus."""
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(f"{address}tutorials/vector-calculus/", wait_until="networkidle")
        page.evaluate("document.querySelector('article').dataset.mark = 'mine'")
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        places = page.locator(".md-sidebar--secondary .md-nav__link:visible")
        seen = []
        for number in (1, 3):
            places.nth(number).click()
            page.locator(":target").wait_for()
            page.wait_for_timeout(500)
            seen.append((page.url, page.evaluate("scrollY")))
        page.go_back()
        page.wait_for_function(f"Math.abs(scrollY - {seen[0][1]}) < 3")
        assert seen[0][0] == page.url
        assert 0 < seen[0][1] < seen[1][1]
        assert "mine" == page.evaluate("document.querySelector('article').dataset.mark")
        assert [] == [url for url in fetched if url.endswith("/")]
        page.locator(".md-tabs__link", has_text="Errata").click()
        page.get_by_role("heading", level=1, name="Errata").wait_for()
        assert page.evaluate("document.querySelector('article').dataset.mark") is None
        assert 0 == page.evaluate("scrollY")


def test_code_gets_its_button_when_it_comes_into_view(browser: Any, address: str) -> None:
    """Material's own part of the script, with our changes to how it is told."""
    button = "article pre:has(> code) [data-clipboard-target]"
    last = "[...document.querySelectorAll('article pre > code')].at(-1)"
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(f"{address}errata/")
        page.locator(button).first.wait_for(state="attached")
        assert page.locator(button).count() < page.locator("article pre > code").count() / 4
        page.evaluate(f"{last}.scrollIntoView()")
        page.wait_for_function(f"{last}.parentElement.querySelector('[data-clipboard-target]')")


def test_the_contents_go_back_to_their_top_with_the_page(browser: Any, address: str) -> None:
    box = "document.querySelector('.md-sidebar--secondary .md-sidebar__scrollwrap')"
    with closing(browser.new_page(viewport={"width": 1280, "height": 700})) as page:
        page.goto(f"{address}tutorials/gradient-descent/", wait_until="networkidle")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function(f"{box}.scrollTop > 0")
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_function(f"{box}.scrollTop === 0")
