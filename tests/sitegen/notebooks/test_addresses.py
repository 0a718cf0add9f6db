"""Where notebooks and the pages they are made from are published."""

from pathlib import Path

from sitegen.notebooks.addresses import SITE, page_address

ROOT = Path(__file__).parents[3]


def test_addresses_are_those_of_the_site() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert f"site_url: {SITE}\n" in configuration
    for uri, path in (("index", ""), ("a", "a/"), ("b/index", "b/"), ("b/c", "b/c/")):
        assert SITE + path == page_address(f"{uri}.md")
