"""The errata as data: each entry of the page with its claim, its proof and its correction."""

import re
from collections.abc import Iterator
from typing import Any

from sitegen.notebooks.addresses import page_address
from sitegen.notebooks.markdown import absolute_links, without_marks
from sitegen.pages.contract import Page, Snippet, fences, without_fences

__all__ = ["SCHEMA", "errata"]

URI = "errata.md"
TEXT = {"type": "string", "minLength": 1}
SNIPPETS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"code": TEXT, "output": TEXT, "error": TEXT},
        "required": ["code"],
        "additionalProperties": False,
    },
}
FIELDS: dict[str, dict[str, Any]] = {
    "number": {
        "description": "Article, example and defect; it never changes.",
        "type": "string",
        "pattern": r"^[A-Z]\d+\.\d+$",
    },
    "article": {"description": "The title of the article with the mistake.", **TEXT},
    "title": {"description": "What is wrong, in a few words.", **TEXT},
    "claim": {"description": "What the article says or does, as Markdown.", **TEXT},
    "proof": {
        "description": "Snippets that show the mistake, with what they print or raise; none where words alone are "
        "wrong. They build on snippets above them on the page.",
        **SNIPPETS,
    },
    "correction": {"description": "What is right, as Markdown.", **TEXT},
    "check": {"description": "Snippets that show what is right, in the same form.", **SNIPPETS},
    "url": {"description": "The entry on the page.", "type": "string", "format": "uri"},
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Errata of the articles that calcguide corrects",
    "type": "array",
    "items": {
        "type": "object",
        "properties": FIELDS,
        "required": list(FIELDS),
        "additionalProperties": False,
    },
}

ARTICLE = re.compile(r'^## (?P<letter>[A-Z])\. "(?P<title>.+)"$', re.MULTILINE)
ENTRY = re.compile(
    r"^### (?P<number>[A-Z]\d+\.\d+) (?P<title>.+?) \{ #(?P<anchor>[\w-]+) \}$", re.MULTILINE
)
HEADING = re.compile(r"^#{1,3} ", re.MULTILINE)
RIGHT = "**Right:**"


def errata(page: Page) -> list[dict[str, Any]]:
    """Return the entries of the errata in their order, as ``SCHEMA`` describes them.

    Raises
    ------
    ValueError
        If an entry does not say what is right, or belongs to no article.
    """
    articles = {match["letter"]: match["title"] for match in ARTICLE.finditer(page.text)}
    verbatim = [*fences(page.text)]
    # A comment of Python looks like a heading.
    ends = [
        match.start()
        for match in HEADING.finditer(page.text)
        if not any(start <= match.start() < end for start, end in verbatim)
    ]
    return [
        _entry(
            page,
            match,
            articles,
            next((end for end in ends if end > match.start()), len(page.text)),
        )
        for match in ENTRY.finditer(page.text)
    ]


def _entry(
    page: Page, heading: re.Match[str], articles: dict[str, str], end: int
) -> dict[str, Any]:
    number = heading["number"]
    if number[0] not in articles:
        raise ValueError(f"{page.path}: {number} belongs to no article")
    right = page.text.find(RIGHT, heading.end(), end)
    if right < 0:
        raise ValueError(f"{page.path}: {number} does not say what is right: {RIGHT}")
    return {
        "number": number,
        "article": articles[number[0]],
        "title": _words(heading["title"]),
        "claim": _words(page.text[heading.end() : right]),
        "proof": [*_snippets(page, heading.end(), right)],
        "correction": _words(page.text[right + len(RIGHT) : end]),
        "check": [*_snippets(page, right, end)],
        "url": f"{page_address(URI)}#{heading['anchor']}",
    }


def _snippets(page: Page, start: int, end: int) -> Iterator[dict[str, str]]:
    snippets: Iterator[Snippet] = (one for one in page.snippets if start <= one.start < end)
    for snippet in snippets:
        promises = {kind: snippet.promised(kind).rstrip("\n") for kind in ("output", "error")}
        yield {"code": snippet.source.rstrip("\n")} | {
            kind: text for kind, text in promises.items() if text
        }


def _words(text: str) -> str:
    """Return the prose of a piece of the page, without its fences."""
    prose = absolute_links(without_marks(without_fences(text)), URI)
    return re.sub(r"\n{3,}", "\n\n", prose).strip()
