"""What a page says of itself to others: descriptions and structured data."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from sitegen.pages.sources import page_files
from sitegen.rendering import structured_data

ROOT = Path(__file__).parents[3]
HOME = "https://calcguide.github.io/calcguide/"
LESSONS = ("tutorials/", "cases/")
SITE = structured_data.Site("Name", HOME, "About", "Authors")


class Head(HTMLParser):
    """The metas, the canonical link and the structured data of a page."""

    def __init__(self, path: Path, site: Path) -> None:
        super().__init__()
        name = path.relative_to(site).as_posix().removesuffix("index.html")
        self.url = urljoin(HOME, name)
        self.metas: dict[str, str] = {}
        self.canonical, self.data, self.inside = "", "", False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in values:
            self.metas[values.get("property") or values.get("name", "")] = values["content"]
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values["href"]
        self.inside = tag == "script" and values.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.data += data

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    @property
    def things(self) -> dict[str, Any]:
        """The structured data by type."""
        found = json.loads(self.data)
        things = found if isinstance(found, list) else [found]
        return {str(thing["@type"]): thing for thing in things}


@pytest.fixture(scope="module")
def heads(site: Path) -> list[Head]:
    # What has no canonical address, such as the error page, is not for sharing.
    found = [Head(path, site) for path in sorted(site.rglob("*.html"))]
    shared = [head for head in found if head.canonical == head.url]
    assert len(shared) > len(page_files(ROOT / "docs")) - 1
    return shared


def test_every_page_says_what_it_is_when_it_is_shared(heads: list[Head]) -> None:
    for head in heads:
        assert head.metas["og:title"].strip(), head.url
        assert head.metas["og:description"] == head.metas["description"], head.url
        assert head.metas["og:url"] == head.url
        assert head.metas["og:type"] == ("website" if head.url == HOME else "article")
        assert head.metas["twitter:card"] == "summary_large_image"


def test_the_home_page_describes_the_site(heads: list[Head]) -> None:
    (home,) = [head for head in heads if head.url == HOME]
    assert home.things["WebSite"]["url"] == HOME
    assert len(home.things["WebSite"]["description"]) > 40


def test_every_other_page_says_where_it_is(heads: list[Head]) -> None:
    addresses = {head.url for head in heads}
    for head in heads:
        if head.url == HOME:
            continue
        steps = head.things["BreadcrumbList"]["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[0]["item"] == HOME
        assert steps[-1]["item"] == head.url
        assert {step["item"] for step in steps} <= addresses
        assert all(step["name"] for step in steps)


def test_every_tutorial_and_case_is_described_as_a_lesson(heads: list[Head]) -> None:
    lessons = 0
    for head in heads:
        folder = head.url.removeprefix(HOME).partition("/")[0] + "/"
        expected = folder in LESSONS and head.url != HOME + folder
        thing = head.things.get("['LearningResource', 'TechArticle']")
        assert expected == (thing is not None), head.url
        if thing is None:
            continue
        lessons += 1
        assert thing["name"] == head.metas["og:title"]
        assert thing["description"] == head.metas["description"]
        assert thing["url"] == head.url
        assert thing["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert thing["isAccessibleForFree"] is True
        assert thing["inLanguage"] == "en"
        assert len(thing["teaches"]) >= 3, f"{head.url} does not say what will be learnt"
        assert not re.search(r"[$`*]|\]\(", " ".join(thing["teaches"])), "markup is left"
        assert {key for key in thing if "date" in key.lower()} == set(), "no date that is not true"
    assert lessons >= 5


def test_the_site_map_has_every_page(heads: list[Head], site: Path) -> None:
    listed = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    shared = {head.url for head in heads if "noindex" not in head.metas.get("robots", "")}
    assert len(listed) == len(set(listed))
    assert shared - set(listed) == set()
    assert set(listed) <= {head.url for head in heads}


def test_structured_data_cannot_end_its_element() -> None:
    evil = '</script><script>alert("1")</script>&\u2028'
    text = structured_data.describe(
        SITE, "tutorials/x.md", "", steps=[(evil, HOME + "x/")], description=evil
    )
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)[1]["name"] == evil


def test_what_a_page_teaches_is_what_it_says_the_reader_will_learn() -> None:
    page = """\
# Title

!!! abstract "What you will learn"

    - why $x^2$ is *convex*, and
      how [that](#there) helps
    - what `f` does

    **What you need:**

    - patience

- another list
"""
    expected = ["why x^2 is convex, and how that helps", "what f does"]
    assert expected == structured_data.teaches(page)
    assert [] == structured_data.teaches("# Title\n\n- a list\n")
