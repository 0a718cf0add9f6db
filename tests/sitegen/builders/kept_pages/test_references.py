"""What mkdocstrings knew of a page is known again when the page is taken from the cache."""

from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs_autorefs import AutorefsPlugin
from mkdocstrings import Inventory

from sitegen.builders.kept_pages.references import References, references_of, register

SHAPES = SimpleNamespace(url="reference/shapes/")
FOLDER = SimpleNamespace(url="reference/")
HOME = SimpleNamespace(url="")


def a_build() -> Any:
    """The settings of a build in which no page has been rendered."""
    handlers = SimpleNamespace(inventory=Inventory(project="ours", version="1"))
    plugins = {"autorefs": AutorefsPlugin(), "mkdocstrings": SimpleNamespace(handlers=handlers)}
    return SimpleNamespace(plugins=plugins)


@pytest.fixture
def config() -> Any:
    """The settings of a build that has rendered three pages, one of them with two functions."""
    config = a_build()
    autorefs, inventory = config.plugins["autorefs"], inventory_of(config)
    autorefs.register_anchor(SHAPES, "ours.area", title="area")
    autorefs.register_anchor(SHAPES, "ours.shapes.area", "ours.area", primary=False)
    autorefs.register_anchor(SHAPES, "ours.edge", "edge")
    inventory.register("ours.area", "py", "function", "reference/shapes/#ours.area", 2, "area")
    for page in (FOLDER, HOME):
        autorefs.register_anchor(page, "ours.edge", "edge-of-another")
        inventory.register(f"on {page.url}", "py", "function", f"{page.url}#ours.other")
    return config


def inventory_of(config: Any) -> Any:
    return config.plugins["mkdocstrings"].handlers.inventory


def test_links_to_the_objects_of_a_page_lead_to_the_same_places(config: Any) -> None:
    again = a_build()
    register(SHAPES, references_of(SHAPES, config), again)
    autorefs = again.plugins["autorefs"]
    for name in ("ours.area", "ours.shapes.area"):
        assert ("reference/shapes/#ours.area", "area") == autorefs.get_item_url(name)
    assert ("reference/shapes/#edge", None) == autorefs.get_item_url("ours.edge")
    assert {"ours.area", "ours.edge"} == set(autorefs._primary_url_map)
    assert {"ours.shapes.area"} == set(autorefs._secondary_url_map)


def test_the_inventory_lists_the_objects_of_a_page_as_before(config: Any) -> None:
    again = a_build()
    register(SHAPES, references_of(SHAPES, config), again)
    (item,) = inventory_of(again).values()
    assert "ours.area py:function 2 reference/shapes/#$ area" == item.format_sphinx()


def test_all_pages_together_give_the_inventory_that_there_was(config: Any) -> None:
    again = a_build()
    for page in (SHAPES, FOLDER, HOME):
        register(page, references_of(page, config), again)
    assert inventory_of(config).format_sphinx() == inventory_of(again).format_sphinx()
    maps = [
        (plugin._primary_url_map, plugin._secondary_url_map, plugin._title_map)
        for plugin in (config.plugins["autorefs"], again.plugins["autorefs"])
    ]
    assert maps[0] == maps[1]


@pytest.mark.parametrize("page", [FOLDER, HOME], ids=["folder", "home"])
def test_a_page_has_nothing_of_those_below_it(config: Any, page: Any) -> None:
    found = references_of(page, config)
    assert [("ours.edge", "edge-of-another")] == [
        (anchor["identifier"], anchor["anchor"]) for anchor in found.anchors
    ]
    assert [f"on {page.url}"] == [item["name"] for item in found.objects]


def test_without_docstrings_there_is_nothing_to_register(config: Any) -> None:
    plain: Any = SimpleNamespace(plugins={"search": object()})
    assert References([], []) == references_of(SHAPES, plain)
    register(SHAPES, references_of(SHAPES, config), plain)
    assert {"search"} == plain.plugins.keys()
