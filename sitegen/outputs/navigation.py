"""The navigation of the site as its settings give it: parts with their pages, in order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

__all__ = ["parts", "settings"]


def settings(path: Path = Path("mkdocs.yml")) -> dict[str, Any]:
    """Read the settings of the site without the tags that other tools have in them."""
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    return found


def parts(nav: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return the name of each part, and the sources of its pages, however deep they are."""
    return [(name, [*_sources(inside)]) for entry in nav for name, inside in entry.items()]


def _sources(inside: Any) -> Iterator[str]:
    if isinstance(inside, str):
        yield inside
        return
    for entry in inside:
        yield from _sources(next(iter(entry.values())) if isinstance(entry, dict) else entry)
