"""Keep each page as it was built, so that a build renders only the pages that may look different.

MkDocs renders all pages at every build, which is most of what a small change costs. A page is taken
as it was when its source, its figures and everything that pages have in common are as they were. What
has warned is not kept: it has to warn again. This module knows no builder; `site_build.py` hands it pages.
"""

import pickle
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sitegen.common.cache import digest
from sitegen.common.files import write_atomically
from sitegen.pages.contract import FIGURE

__all__ = ["Kept", "PageCache", "heading", "restore"]

# Pages that show what is not in their source: docstrings, and pieces of other files.
NOT_KEPT = re.compile(r"^(?:::: |.*--8<--)", re.MULTILINE)
# What others show of a page: the title in its front matter, or its first heading.
HEADING = re.compile(r"^(?:title:|#) .*", re.MULTILINE)
STATE = ("toc", "_title_from_render", "present_anchor_ids")


@dataclass(frozen=True)
class Kept:
    """A page as it was: what the builder knows of it, its entries for the search, its HTML."""

    key: str
    state: Mapping[str, Any]
    links: Mapping[str, dict[str, str]]
    entries: list[Any]
    html: str


@dataclass
class PageCache:
    """The pages of the last builds, in a folder."""

    folder: Path
    common: str = ""
    found: dict[str, Kept] = field(default_factory=dict)
    made: dict[str, Kept] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def begin(self, common: Iterable[str]) -> None:
        """Begin a build; ``common`` is all that every page depends on."""
        self.common = digest(common)
        self.found, self.made, self.keys = {}, {}, {}

    def find(self, uri: str, source: Path, figures: Path) -> Kept | None:
        """Return the page at ``uri`` as it was, if it would be built in the same way now."""
        text = source.read_text(encoding="utf-8")
        if NOT_KEPT.search(text):
            return None
        drawings = [figures / match["target"] for match in FIGURE.finditer(text)]
        # The page has the sizes of its drawings, which are at their beginning.
        sizes = [_beginning(path) for path in drawings if path.is_file()]
        self.keys[uri] = digest([self.common, text, *sizes])
        path = self._path(uri)
        if not path.is_file():
            return None
        kept = pickle.loads(path.read_bytes())  # noqa: S301 (written below)
        if not isinstance(kept, Kept) or kept.key != self.keys[uri]:
            return None
        self.found[uri] = kept
        return kept

    def add(self, page: Any, entries: list[Any], html: str) -> None:
        """Remember a page that has been built."""
        uri = page.file.src_uri
        # A verbose build does not note the links, and cannot check them next time.
        if uri in self.keys and page.links_to_anchors is not None:
            state = {name: getattr(page, name, None) for name in STATE}
            links = {file.src_uri: to for file, to in page.links_to_anchors.items()}
            self.made[uri] = Kept(self.keys[uri], state, links, entries, html)

    def write(self) -> None:
        """Keep what was remembered, and forget pages that are gone."""
        for uri, kept in self.made.items():
            write_atomically(self._path(uri), pickle.dumps(kept))
        wanted = {self._path(uri) for uri in self.found.keys() | self.made.keys()}
        for path in self.folder.rglob("*.pickle"):
            if path not in wanted:
                path.unlink()

    def _path(self, uri: str) -> Path:
        return self.folder / f"{uri}.pickle"


def _beginning(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(300)


def restore(page: Any, kept: Kept, files: Any) -> None:
    """Give a page the state in which rendering had left it; its HTML is in ``kept``."""
    page.content = ""
    for name, value in kept.state.items():
        setattr(page, name, value)
    page.links_to_anchors = {
        file: to
        for uri, to in kept.links.items()
        if (file := files.get_file_from_path(uri)) is not None
    }


def heading(source: Path) -> str:
    """What others show of a page."""
    match = HEADING.search(source.read_text(encoding="utf-8"))
    return match[0] if match else ""
