"""What mkdocstrings registers of a page that shows docstrings, so that a page from the cache is found too.

Other pages link to the objects of a page by name, and the inventory of the site lists them.
"""

from dataclasses import dataclass
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

__all__ = ["References", "references_of", "register"]


@dataclass(frozen=True)
class References:
    """The names that lead to places of a page, as mkdocs-autorefs and the inventory know them."""

    anchors: list[dict[str, Any]]
    objects: list[dict[str, Any]]


def references_of(page: Page, config: MkDocsConfig) -> References:
    """Return what has been registered for a page, after all pages have been rendered."""
    place = f"{page.url}#"
    autorefs, inventory = _registers(config)
    if autorefs is None:
        return References([], [])
    maps = ((True, autorefs._primary_url_map), (False, autorefs._secondary_url_map))
    anchors = [
        {
            "identifier": name,
            "anchor": url.removeprefix(place),
            "title": autorefs._title_map.get(url),
            "primary": primary,
        }
        for primary, urls_of in maps
        for name, urls in urls_of.items()
        for url in urls
        if url.startswith(place)
    ]
    fields = ("name", "domain", "role", "uri", "priority", "dispname")
    objects = [
        {field: getattr(item, field) for field in fields}
        for item in inventory.values()
        if item.uri.startswith(place)
    ]
    return References(anchors, objects)


def register(page: Page, references: References, config: MkDocsConfig) -> None:
    """Register for a page from the cache what was registered when it was rendered."""
    autorefs, inventory = _registers(config)
    if autorefs is not None:
        for anchor in references.anchors:
            autorefs.register_anchor(page, **anchor)
        for item in references.objects:
            inventory.register(**item)


def _registers(config: MkDocsConfig) -> tuple[Any, Any]:
    """Return the plugin that knows anchors, and the inventory, if the site has docstrings."""
    plugin: Any = config.plugins.get("mkdocstrings")
    if plugin is None:
        return None, None
    return config.plugins["autorefs"], plugin.handlers.inventory
