"""A Python-Markdown extension: figures in two palettes, and why a snippet is not run."""

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from sitegen.common.paths import PAGES
from sitegen.figures.svg import size
from sitegen.pages.contract import MARK, NAME, fences
from sitegen.rendering.snippets import WHERE

__all__ = ["PageExtension", "makeExtension"]

WORDS = {
    "skip": "This snippet is not run here",
    "not in the browser": "Tested like the others, but not run in the browser",
}

PLACE = re.compile(
    "\2(\\d+)\3"
)  # of a fence; Markdown removes both characters from what authors write


class PageExtension(Extension):
    """What a page needs of its builder besides the usual Markdown."""

    def __init__(self, **kwargs: object) -> None:
        self.config = {"folder": [str(PAGES / "site"), "where the pages' figures have been drawn"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the base's name)
        """Register both steps; figures come before MkDocs resolves links (its priority is 0)."""
        kept: list[str] = []
        md.preprocessors.register(_HideFences(md, kept), "hide_fences", 36)
        md.preprocessors.register(_Reasons(md), "reasons", 35)
        # pymdownx.snippets, which puts in pieces of other files, has 32.
        md.preprocessors.register(_ShowFences(md, kept), "show_fences", 31.5)
        md.treeprocessors.register(_Figures(md, Path(self.getConfig("folder"))), "figures", 5)
        md.treeprocessors.register(_Corners(md), "corners", 4)


def makeExtension(**kwargs: object) -> PageExtension:  # noqa: N802 (the name that Markdown looks for)
    """Return the extension, as Python-Markdown asks for it."""
    return PageExtension(**kwargs)


class _HideFences(Preprocessor):
    """Take fences out of the text, so that nothing rewrites what they show, until they are put back."""

    def __init__(self, md: Markdown, kept: list[str]) -> None:
        super().__init__(md)
        self.kept = kept

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        self.kept.clear()
        place, rest = 0, ""
        for start, end in fences(text):
            rest += f"{text[place:start]}\2{len(self.kept)}\3"
            self.kept.append(text[start:end])
            place = end
        return (rest + text[place:]).split("\n")


class _ShowFences(Preprocessor):
    """Put fences back."""

    def __init__(self, md: Markdown, kept: list[str]) -> None:
        super().__init__(md)
        self.kept = kept

    def run(self, lines: list[str]) -> list[str]:
        text = PLACE.sub(lambda match: self.kept[int(match[1])], "\n".join(lines))
        return text.split("\n")


class _Reasons(Preprocessor):
    """Show the reader why a snippet is not run, or not in the browser."""

    def run(self, lines: list[str]) -> list[str]:
        def shown(match: re.Match[str]) -> str:
            return f"*{WORDS[match['mark']]}: {match['reason']}.*{{: .not-live data-run={WHERE[match['mark']]} }}"

        return MARK.sub(shown, "\n".join(lines)).split("\n")


@cache
def _drawn(folder: Path) -> dict[str, Path]:
    """All drawings by name: names are unique in the site, and listing it for each would be slow."""
    return {path.stem: path for path in folder.rglob("figures/*.svg")}


def _find(folder: Path, name: str) -> Path | None:
    found = _drawn(folder).get(name)
    if found is None or not found.is_file():
        _drawn.cache_clear()  # drawn or moved since
        found = _drawn(folder).get(name)
    return found


class _Corners(Treeprocessor):
    """An empty corner of a table is the head of nothing."""

    def run(self, root: ET.Element) -> None:
        for head in root.iter("th"):
            if not len(head) and not (head.text or "").strip():
                head.tag = "td"


class _Figures(Treeprocessor):
    """Turn each figure of a page into a light and a dark image of known size."""

    def __init__(self, md: Markdown, folder: Path) -> None:
        super().__init__(md)
        self.folder = folder

    def run(self, root: ET.Element) -> None:
        for parent in root.iter():
            for position, image in reversed(list(enumerate(parent))):
                name = NAME.fullmatch(image.get("src", "")) if image.tag == "img" else None
                if name is not None:
                    self.double(parent, position, image, name["name"])

    def double(self, parent: ET.Element, position: int, light: ET.Element, name: str) -> None:
        drawn = _find(self.folder, name)
        if drawn is None:
            raise FileNotFoundError(
                f"figures/{name}.svg has not been drawn: run `python -m sitegen run` first"
            )
        width, height = size(drawn.read_text(encoding="utf-8"))
        light.attrib.update(width=str(width), height=str(height), loading="lazy", decoding="async")
        dark = ET.Element("img", dict(light.attrib))
        dark.tail, light.tail = light.tail, None
        light.set("src", f"figures/{name}.svg#only-light")
        dark.set("src", f"figures/{name}-dark.svg#only-dark")
        parent.insert(position + 1, dark)
        parent.set("class", "figure")
