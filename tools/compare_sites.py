"""Compare two builds of the site: ``python tools/compare_sites.py OLD NEW``.

The new site must have the addresses, the visible text, the links, the anchors, the figures and the
search entries of the old one, and no page may be heavier, as it is or compressed. Each difference is
reported; the exit status is 1 if there is one. Folders named by the hash of their content count as
the same, and what ``python -m sitegen downloads`` adds is left out.
"""

import argparse
import gzip
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sitegen.common.files import files_in
from sitegen.common.html import Tree, find, parse

HASH = re.compile(r"\b[0-9a-f]{10}\b(?=/)")
UNSEEN = "script, style, annotation, template"
# What readers see or hear of an element besides its text.
SAID = ("alt", "title", "aria-label", "placeholder")
LINKS = ("href", "src", "srcset", "action")
IMAGES = (".svg", ".png", ".jpg", ".webp")


@dataclass(frozen=True)
class Page:
    """A page of one of the sites."""

    source: str

    @cached_property
    def tree(self) -> Tree:
        """The page without what nobody sees."""
        tree = parse(self.source)
        for node in tree.css(UNSEEN):
            node.decompose()
        return tree

    @cached_property
    def text(self) -> list[str]:
        """The visible words."""
        return find(self.tree, "html").text().split()

    def values(self, *names: str) -> list[str]:
        """The values of some attributes, in the order of the page."""
        return [
            f"{node.tag} {name}={value}"
            for node in find(self.tree, "html").traverse()
            for name, value in node.attributes.items()
            if name in names
        ]

    @cached_property
    def weight(self) -> tuple[int, int]:
        """The bytes of the page, and those that a server sends."""
        data = self.source.encode()
        return len(data), len(gzip.compress(data, mtime=0))


ASPECTS: dict[str, Callable[[Page], list[str]]] = {
    "visible text": lambda page: page.text,
    "spoken text": lambda page: page.values(*SAID),
    "links": lambda page: page.values(*LINKS),
    "anchors": lambda page: page.values("id", "name"),
}


def read(site: Path) -> dict[str, Path]:
    """The files of a site by their addresses."""
    if not (site / "index.html").is_file():
        sys.exit(f"{site} is not a built site: it has no index.html")
    return {
        HASH.sub("0" * 10, file): site / file
        for file in files_in(site)
        if not file.startswith("downloads/")
    }


def first_difference(old: list[str], new: list[str]) -> str:
    """Say where two lists begin to differ."""
    place = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    place = min(len(old), len(new)) if place is None else place
    return f"{old[place : place + 5]} has become {new[place : place + 5]}"


def compare(old: dict[str, Path], new: dict[str, Path]) -> Iterator[str]:
    """Yield what differs and should not."""
    yield from (f"addresses: {uri} is gone" for uri in sorted(old.keys() - new.keys()))
    yield from (f"addresses: {uri} is new" for uri in sorted(new.keys() - old.keys()))
    before_all, after_all = [0, 0], [0, 0]
    for uri in sorted(old.keys() & new.keys()):
        same = old[uri].read_bytes() == new[uri].read_bytes()
        if uri.endswith((*IMAGES, "search_index.json")) and not same:
            yield f"files: {uri} has other bytes"
        if not uri.endswith(".html"):
            continue
        before, after = (
            Page(HASH.sub("0" * 10, files[uri].read_text("utf-8"))) for files in (old, new)
        )
        for n, kind in enumerate(("bytes", "bytes compressed")):
            before_all[n] += before.weight[n]
            after_all[n] += after.weight[n]
            if after.weight[n] > before.weight[n]:
                yield f"weight: {uri} has {after.weight[n]} {kind}, {before.weight[n]} before"
        for name, aspect in ASPECTS.items() if not same else ():
            if aspect(before) != aspect(after):
                yield f"{name}: {uri}: {first_difference(aspect(before), aspect(after))}"
    print(f"All pages: {before_all[0]} bytes, now {after_all[0]}; "
          f"compressed {before_all[1]}, now {after_all[1]}")  # fmt: skip


def main() -> None:
    """Report the differences of two sites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="the folder of the old site")
    parser.add_argument("new", type=Path, help="the folder of the new site")
    arguments = parser.parse_args()
    old, new = read(arguments.old), read(arguments.new)
    count = 0
    for difference in compare(old, new):
        count += 1
        print(difference)
    pages = sum(uri.endswith(".html") for uri in new)
    print(f"{count} difference(s) in {pages} pages" if count else f"No difference in {pages} pages")
    sys.exit(count > 0)


if __name__ == "__main__":
    main()
