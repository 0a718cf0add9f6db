"""How to cite a page: as plain text, for BibTeX and as CSL-JSON, and in the tags that reference managers read.

Authors and version are those of ``CITATION.cff``. The date is that of the version in the change log, so that a page
is cited in the same way by whoever builds the site.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from sitegen.notebooks.addresses import page_address
from sitegen.outputs.feed import versions

__all__ = ["Citation", "Work", "read_work"]

CITATION, CHANGELOG = Path("CITATION.cff"), Path("CHANGELOG.md")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
# What TeX takes for a command.
SPECIAL = {char: f"\\{char}" for char in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Work:
    """What all pages have in common: an author is a person with two names, or an entity with one."""

    title: str
    authors: tuple[tuple[str, ...], ...]
    version: str
    date: date


def read_work(citation: Path = CITATION, log: Path = CHANGELOG) -> Work:
    """Read what all pages have in common.

    Raises
    ------
    ValueError
        If the change log has no such version.
    """
    found: dict[str, Any] = yaml.safe_load(citation.read_text(encoding="utf-8"))
    version = str(found["version"])
    dates = {each.name: each.date for each in versions(log.read_text(encoding="utf-8"))}
    if version not in dates:
        raise ValueError(f"{citation}: version {version} is not in {log}")
    authors = tuple(_names(author) for author in found["authors"])
    return Work(found["title"], authors, version, date.fromisoformat(dates[version]))


def _names(author: dict[str, str]) -> tuple[str, ...]:
    if "name" in author:
        return (author["name"],)
    family = " ".join(filter(None, (author.get("name-particle"), author["family-names"])))
    return author["given-names"], family


@dataclass(frozen=True)
class Citation:
    """How to cite the page at ``uri`` in ``docs/``."""

    uri: str
    title: str
    work: Work

    @property
    def key(self) -> str:
        """A name that stays as long as the page's address."""
        return f"calcguide-{PurePosixPath(self.uri).stem}"

    @property
    def url(self) -> str:
        """Where the page is published."""
        return page_address(self.uri)

    @property
    def plain(self) -> str:
        """One sentence."""
        authors = [" ".join(names) for names in self.work.authors]
        day = f"{self.work.date.day} {MONTHS[self.work.date.month - 1]} {self.work.date.year}"
        *others, last = authors
        by = f"{', '.join(others)} and {last}" if others else last
        return f"{by}. “{self.title}”. {self.work.title}, version {self.work.version}, {day}. {self.url}"

    @property
    def bibtex(self) -> str:
        """An entry for BibTeX, and for biblatex."""
        work = self.work
        # Braces keep an entity from being split into names, and a title from losing its capitals.
        authors = (
            f"{{{_tex(names[0])}}}" if len(names) == 1 else f"{_tex(names[1])}, {_tex(names[0])}"
            for names in work.authors
        )
        fields = {
            "author": " and ".join(authors),
            "title": f"{{{_tex(self.title)}}}",
            "howpublished": _tex(work.title),
            "year": str(work.date.year),
            "month": MONTHS[work.date.month - 1][:3].lower(),
            "note": f"Version {_tex(work.version)}",
            "url": self.url,
        }
        lines = (
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},\n"
            for name, value in fields.items()
        )
        return f"@misc{{{self.key},\n{''.join(lines)}}}"

    @property
    def csl(self) -> str:
        """A list of one item in the JSON of the Citation Style Language."""
        work = self.work
        item = {
            "id": self.key,
            "type": "webpage",
            "title": self.title,
            "container-title": work.title,
            "author": [
                {"literal": names[0]}
                if len(names) == 1
                else {"family": names[1], "given": names[0]}
                for names in work.authors
            ],
            "issued": {"date-parts": [[work.date.year, work.date.month, work.date.day]]},
            "version": work.version,
            "language": "en",
            "URL": self.url,
        }
        lines = (
            f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in item.items()
        )
        return "[{\n" + ",\n".join(lines) + "\n}]"

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Names and contents of ``meta`` elements: those of Highwire, which Google Scholar reads, and Dublin Core."""
        authors = [", ".join(reversed(names)) for names in self.work.authors]
        return [
            ("citation_title", self.title),
            *(("citation_author", author) for author in authors),
            ("citation_publication_date", self.work.date.strftime("%Y/%m/%d")),
            ("citation_language", "en"),
            ("citation_public_url", self.url),
            ("DC.title", self.title),
            *(("DC.creator", author) for author in authors),
            ("DC.date", self.work.date.isoformat()),
            ("DC.type", "Text"),
            ("DC.language", "en"),
            ("DC.identifier", self.url),
            ("DC.isPartOf", self.work.title),
        ]


def _tex(text: str) -> str:
    return re.sub(r"[\\&%$#_{}~^]", lambda match: SPECIAL[match[0]], text)
