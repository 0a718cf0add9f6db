"""Keep each page as it was built, so that a build renders only the pages that may look different.

MkDocs renders all pages at every build, which is most of what a small change costs. A page is taken
as it was when its source, its figures and everything that pages have in common are as they were. What
has warned is not kept: it has to warn again. This module knows no builder; `site_build.py` hands it pages.
"""

import hashlib
import pickle
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sitegen.common.cache import Cache, digest
from sitegen.pages.contract import FIGURE, without_fences
from sitegen.pages.sources import page_text

__all__ = ["Kept", "PageCache", "heading", "restore", "stands_alone"]

# Docstrings that a page shows, with their options, and references to what has one.
DOCSTRINGS = re.compile(r"^::: .*\n(?:[ \t]+.*\n)*", re.MULTILINE)
REFERENCE = re.compile(r"\]\[(?:[a-z_]\w*\.[\w.]*)?\]")
# A piece of another file.
PIECE = re.compile(r'^[ \t]*--8<-- "(?P<path>[^":]+)(?::[^"]*)?"[ \t]*$', re.MULTILINE)
# What others show of a page: the title in its front matter, or its first heading.
HEADING = re.compile(r"^(?:title:|#) .*", re.MULTILINE)
STATE = ("toc", "_title_from_render", "present_anchor_ids")


@dataclass(frozen=True)
class Kept:
    """A page as it was: what the builder knows of it, its entries for the search, its HTML."""

    state: Mapping[str, Any]
    links: Mapping[str, dict[str, str]]
    references: Any
    entries: list[Any]
    html: str


@dataclass
class PageCache:
    """The pages of one build: those found as they are now, and those made."""

    common: str
    documented: str
    found: dict[str, Kept] = field(default_factory=dict)
    made: dict[str, Kept] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    cache: Cache = field(default_factory=lambda: Cache("kept"))

    @classmethod
    def of(
        cls, pages: Iterable[Path], common: Iterable[str], package: Iterable[str]
    ) -> "PageCache":
        """Begin a build.

        Parameters
        ----------
        pages : iterable of Path
            The sources of all pages: a reference leads to where another page shows a docstring.
        common : iterable of str
            All that every page depends on.
        package : iterable of str
            What pages depend on that show docstrings of the package.
        """
        shown = [match[0] for path in pages for match in DOCSTRINGS.finditer(page_text(path))]
        return cls(digest(common), digest([*package, *shown]))

    def find(self, uri: str, source: Path, figures: Path) -> Kept | None:
        """Return the page at ``uri`` as it was, if it would be built in the same way now."""
        text = page_text(source)
        prose = without_fences(text)
        pieces = [Path(match["path"]) for match in PIECE.finditer(prose)]
        if len(pieces) != prose.count("--8<--") or not all(map(Path.is_file, pieces)):
            return None  # the builder says what is wrong with it
        drawings = [figures / match["target"] for match in FIGURE.finditer(text)]
        # The page has the sizes of its drawings, which are at their beginning.
        sizes = [_beginning(path) for path in drawings if path.is_file()]
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in pieces]
        shows = DOCSTRINGS.search(prose) or REFERENCE.search(prose)
        documented = self.documented if shows else ""
        self.keys[uri] = digest([self.common, documented, uri, text, *sizes, *hashes])
        content = self.cache.find([self.keys[uri]])
        if content is None:
            return None
        kept: Kept = pickle.loads(zlib.decompress(content))  # noqa: S301 (written below)
        self.found[uri] = kept
        return kept

    def add(self, page: Any, references: Any, entries: list[Any], html: str) -> None:
        """Remember a page that has been built."""
        uri = page.file.src_uri
        # A verbose build does not note the links, and cannot check them next time.
        if uri in self.keys and page.links_to_anchors is not None:
            state = {name: getattr(page, name, None) for name in STATE}
            links = {file.src_uri: to for file, to in page.links_to_anchors.items()}
            self.made[uri] = Kept(state, links, references, entries, html)

    def write(self) -> None:
        """Keep what was remembered."""
        for uri, kept in self.made.items():
            self.cache.write([self.keys[uri]], zlib.compress(pickle.dumps(kept), 1))


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
    match = HEADING.search(page_text(source))
    return match[0] if match else ""


def stands_alone(source: Path) -> bool:
    """Whether a page shows nothing of the package or of other files, and can be rendered by itself."""
    text = without_fences(page_text(source))
    return "--8<--" not in text and not DOCSTRINGS.search(text) and not REFERENCE.search(text)
