"""A page says what it is and where it stands, and leads to its notebook and back."""

import html
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, get_files
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page
from mkdocs_jupyter.plugin import NotebookFile

from sitegen.builders.page_metadata import (
    citation,
    escape_site,
    link_notebook,
    site_words,
    structured_data,
    words,
)
from sitegen.common.html import attribute, find, parse
from sitegen.outputs.reuse.citations import Citation, Work

HOME = "https://example.org/ours/"
NAV: list[Any] = [
    {"Home": "index.md"},
    {"Tutorials": [{"Slopes": "tutorials/slopes.md"}]},
    {"Case studies": [{"Overview": "cases/index.md"}, {"Prices": "cases/prices.md"}]},
    {"Reference": [{"Overview": "reference/index.md"}]},
]
NOTEBOOK = "notebooks/tutorials/slopes.ipynb"


class Project:
    """Pages as MkDocs has read them, with a notebook for one of them."""

    def __init__(self, config: MkDocsConfig) -> None:
        self.config = config
        self.files: Files = get_files(config)
        get_navigation(self.files, config)
        for file in self.files.documentation_pages():
            self.page(file.src_uri).read_source(config)
        notebook = File(NOTEBOOK, None, config.site_dir, use_directory_urls=True)
        # As mkdocs-jupyter replaces it, which shows it as a page.
        self.files.append(NotebookFile(notebook, use_directory_urls=True, site_dir=config.site_dir))
        self.notebook = Page(None, self.files.src_uris[NOTEBOOK], config)
        self.notebook.meta = {}

    def page(self, uri: str) -> Page:
        page = self.files.src_uris[uri].page
        assert page is not None
        return page

    def data(self, uri: str) -> Any:
        """The structured data of a page."""
        return json.loads(structured_data(self.page(uri), self.config)["data"])


@pytest.fixture
def pages(project: Path, load: Callable[[], MkDocsConfig]) -> Project:
    for name, text in {
        "tutorials/slopes.md": "---\ntitle: On slopes\ndescription: How steep\n---\n# Slopes\n",
        "cases/index.md": "# Cases\n",
        "cases/prices.md": "# Prices\n",
        "reference/index.md": "# Reference\n",
    }.items():
        path = project / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = load()
    config.nav = NAV
    return Project(config)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("tutorials/slopes.md", ("On slopes", "How steep")),
        ("cases/prices.md", ("Prices", "What it is")),
    ],
)
def test_a_page_without_words_of_its_own_has_those_of_nav_and_site(
    pages: Project, uri: str, expected: tuple[str, str]
) -> None:
    assert expected == words(pages.page(uri), pages.config)


def test_a_page_without_a_title_has_the_name_of_the_site(pages: Project) -> None:
    page = pages.page("cases/prices.md")
    page.title, page.meta["title"] = "", ""
    assert ("Ours", "What it is") == words(page, pages.config)


def test_the_template_gets_words_and_the_address_of_the_card(pages: Project) -> None:
    found = structured_data(pages.page("tutorials/slopes.md"), pages.config)
    assert ("On slopes", "How steep") == (found["title"], found["text"])
    assert f"{HOME}assets/cards/tutorials/slopes.png" == found["card"]


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("tutorials/slopes.md", [("On slopes", "tutorials/slopes/")]),  # no overview to name
        ("cases/prices.md", [("Case studies", "cases/"), ("Prices", "cases/prices/")]),
        ("cases/index.md", [("Overview", "cases/")]),
    ],
)
def test_the_way_to_a_page_leads_through_the_overviews_above(
    pages: Project, uri: str, expected: list[tuple[str, str]]
) -> None:
    data = pages.data(uri)
    way = data[0] if isinstance(data, list) else data
    assert "BreadcrumbList" == way["@type"]
    assert [("Ours", HOME), *((name, HOME + path) for name, path in expected)] == [
        (step["name"], step["item"]) for step in way["itemListElement"]
    ]


def test_the_home_page_describes_the_site(pages: Project) -> None:
    data = pages.data("index.md")
    assert "WebSite" == data["@type"]
    assert ("Ours", HOME, "What it is") == (data["name"], data["url"], data["description"])
    assert "Somebody" == data["publisher"]["name"]


def test_a_page_and_its_notebook_lead_to_each_other(pages: Project) -> None:
    page, notebook = pages.page("tutorials/slopes.md"), pages.notebook
    assert not link_notebook(page, pages.files)
    assert link_notebook(notebook, pages.files)
    file = "notebooks/tutorials/slopes/slopes.ipynb"
    colab = f"https://colab.research.google.com/github/calcguide/calcguide/blob/notebooks/{file}"
    shared = {"file": file, "colab": colab}
    assert page.meta["notebook"] == shared | {
        "shown": False,
        "other": "notebooks/tutorials/slopes/",
    }
    assert notebook.meta["notebook"] == shared | {"shown": True, "other": "tutorials/slopes/"}


def test_a_notebook_counts_as_its_page_to_those_who_search(pages: Project) -> None:
    page, notebook = pages.page("tutorials/slopes.md"), pages.notebook
    link_notebook(notebook, pages.files)
    assert f"{HOME}tutorials/slopes/" == notebook.canonical_url == page.canonical_url
    assert {"exclude": True} == notebook.meta["search"]
    title, description = words(notebook, pages.config)
    assert "Notebook: On slopes" == title
    assert "“On slopes”" in description
    assert "search" not in page.meta, "the page itself is found"


@pytest.mark.parametrize("uri", ["index.md", "cases/index.md", "cases/prices.md"])
def test_a_page_without_a_notebook_names_none(pages: Project, uri: str) -> None:
    page = pages.page(uri)
    assert not link_notebook(page, pages.files)
    assert "notebook" not in page.meta


WORK = Work("Ours", (("Somebody",),), "1.0", date(2027, 3, 1))


def test_tutorials_and_cases_are_cited_by_their_titles(pages: Project) -> None:
    def cited(uri: str) -> Citation | None:
        return citation(pages.page(uri), pages.config, WORK)

    assert Citation("tutorials/slopes.md", "On slopes", WORK) == cited("tutorials/slopes.md")
    assert Citation("cases/prices.md", "Prices", WORK) == cited("cases/prices.md")
    assert {None} == {cited(uri) for uri in ("index.md", "cases/index.md", "reference/index.md")}
    assert citation(pages.notebook, pages.config, WORK) is None


def test_the_words_of_the_site_are_plain_text_after_they_have_been_escaped(pages: Project) -> None:
    pages.config.site_name = "A & B"
    escape_site(pages.config, [], [])
    assert ("A & B", "What it is") == site_words(pages.config)


SIGNS = 'Is "f < g" & why'


@pytest.mark.parametrize("place", ["front matter", "heading", "navigation"])
def test_any_sign_may_stand_in_titles_and_descriptions(small_site: Any, place: str) -> None:
    site, settings = small_site, small_site.root / "mkdocs.yml"
    words = {"description": SIGNS} | ({"title": SIGNS} if place == "front matter" else {})
    heading = SIGNS if place == "heading" else "Another"
    matter = "".join(f"{name}: {json.dumps(value)}\n" for name, value in words.items())
    site.write("tutorials/first.md", f"---\n{matter}---\n# {heading}\n\nProse.\n")
    text = settings.read_text(encoding="utf-8")
    name = f"{json.dumps(SIGNS)}: " if place == "navigation" else ""
    text = text.replace("First: tutorials/first.md", f"{name}tutorials/first.md")
    text = text.replace("- Tutorials:", f"- {json.dumps(SIGNS + '!')}:")
    settings.write_text(f"{text}site_description: {json.dumps(SIGNS + '.')}\n", encoding="utf-8")
    done = site.build()
    assert 0 == done.returncode, done.stderr

    page = parse((site.site / "tutorials/first/index.html").read_text(encoding="utf-8"))
    assert f"{SIGNS} - calcguide" == find(page, "title").text()
    said = {
        attribute(meta, "property") or attribute(meta, "name"): attribute(meta, "content")
        for meta in page.css("meta")
    }
    assert {SIGNS} == {
        said[name] for name in ("description", "og:title", "og:description", "og:image:alt")
    }
    data = json.loads(find(page, "script[type='application/ld+json']").text())
    assert SIGNS == data[0]["itemListElement"][-1]["name"] == data[1]["name"]
    assert SIGNS == data[1]["description"]
    home = parse((site.site / "index.html").read_text(encoding="utf-8"))
    assert f"{SIGNS}." == attribute(find(home, "meta[name=description]"), "content")
    for other in (page, home):
        menu = " ".join(link.text() for link in other.css(".md-nav__link, .md-tabs__link"))
        assert SIGNS in menu
        assert f"{SIGNS}!" in menu
        assert not other.css("[g], [why]")
    entries = json.loads((site.site / "search/search_index.json").read_text("utf-8"))["docs"]
    titles = [entry["title"] for entry in entries if entry["location"] == "tutorials/first/"]
    assert [html.unescape(title) for title in titles] == [heading]
    assert f"Next: {SIGNS}" == attribute(find(home, ".md-footer__link--next"), "aria-label")
