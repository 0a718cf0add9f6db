"""Each page as Markdown that stands by itself: what readers copy, and what programs read instead of HTML.

A twin lies where its source lies in ``docs/``: ``tutorials/gradient-descent.md``. Its links are absolute, so that
they lead somewhere wherever it is pasted.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import markdown
import yaml

from sitegen.notebooks.addresses import SITE, page_address
from sitegen.notebooks.markdown import (
    FRONT_MATTER,
    absolute_links,
    in_prose,
    open_boxes,
    without_marks,
)
from sitegen.outputs.reuse.reference import Reference
from sitegen.pages.sources import page_files, page_text

__all__ = ["LICENSE", "Twin", "twin", "twins"]

LICENSE = "Text under CC BY 4.0, code under the MIT license, by the calcguide authors."
WRAPPER = re.compile(r"^</?div\b[^>\n]*>[ \t]*\n?", re.MULTILINE)
DOCSTRINGS = re.compile(
    r"^::: (?P<name>[\w.]+)[ \t]*\n?(?P<settings>(?:[ \t]+.*\n)*)", re.MULTILINE
)
REFERENCE = re.compile(r"\[(`[^`\]]+`)\]\[[\w.]*\]")
TITLE = re.compile(r"^# (?P<title>.+?)[ \t]*(?:\{[^}]*\})?[ \t]*\n", re.MULTILINE)
BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Twin:
    """A page as Markdown, with what a list of pages says of it."""

    uri: str
    title: str
    description: str
    text: str

    @property
    def address(self) -> str:
        """Where it is published."""
        return SITE + self.uri


def twins(docs: Path) -> dict[str, Twin]:
    """Return the twins of all pages below a folder, by their place in it."""
    pages = {path.relative_to(docs).as_posix(): path for path in page_files(docs)}
    reference = Reference()
    return {uri: twin(page_text(path), uri, reference) for uri, path in pages.items()}


def twin(text: str, uri: str, reference: Reference) -> Twin:
    """Return the twin of the page at ``uri`` in ``docs/``, which may show docstrings."""

    def documented(match: re.Match[str]) -> str:
        settings = yaml.safe_load(match["settings"]) or {}
        return reference.of(match["name"], settings.get("options", {}).get("members")) + "\n"

    matter = FRONT_MATTER.match(text)
    meta: dict[str, Any] = yaml.safe_load(matter[0].split("---")[1]) if matter else {}
    body = text[matter.end() :] if matter else text
    body = in_prose(body, _with_pieces)
    body = in_prose(body, lambda part: DOCSTRINGS.sub(documented, part))
    body = in_prose(body, lambda part: REFERENCE.sub(r"\1", WRAPPER.sub("", part)))
    body = open_boxes(absolute_links(without_marks(body), uri), _as_prose)
    heading = TITLE.search(body)
    name = heading["title"] if heading else ""
    title, description = (
        str(meta.get("title") or name or uri),
        " ".join(meta.get("description", "").split()),
    )
    rest = body[: heading.start()] + body[heading.end() :] if heading else body
    said = [f"> {description}"] if description else []
    source = f"Published at <{page_address(uri)}>. {LICENSE}"
    text = "\n\n".join([f"# {name or title}", *said, source, rest.strip("\n")])
    return Twin(
        uri, title, description, in_prose(text, lambda part: BLANK.sub("\n\n", part)) + "\n"
    )


def _with_pieces(text: str) -> str:
    """Put in the pieces of other files, as the build does."""
    if "--8<--" not in text:
        return text
    reader = markdown.Markdown(extensions=["pymdownx.snippets"])
    return "\n".join(reader.preprocessors["snippet"].run(text.split("\n")))


def _as_prose(title: str, content: str, _: str) -> list[str]:
    """A box begins with its title, and its content needs no indentation."""
    return [f"**{title}**", "", content]
