"""The feed of changes, in the Atom format (RFC 4287), from the change log.

Each version is an entry. Its date is the one in its heading, so that the same log gives the same feed:
`## [0.2.0] - 2027-03-01`, or before the release `## [0.2.0] - Unreleased, as of 2027-01-15`.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from markdown import markdown

__all__ = ["Version", "atom", "versions"]

ATOM = "http://www.w3.org/2005/Atom"
_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?P<when>.*)$", re.MULTILINE)
_DATE = re.compile(r" - (?P<unreleased>Unreleased, as of )?(?P<date>\d{4}-\d\d-\d\d)")
_DEFINITIONS = re.compile(r"^\[[^\]]+\]: \S+$", re.MULTILINE)


@dataclass(frozen=True)
class Version:
    """A section of the change log."""

    name: str
    date: str
    released: bool
    text: str


def versions(log: str) -> list[Version]:
    """Read the change log, newest version first.

    Raises
    ------
    ValueError
        If a version has no date, or there is no version.
    """
    definitions = "\n".join(_DEFINITIONS.findall(log))
    headings = list(_HEADING.finditer(log))
    if not headings:
        raise ValueError("the change log has no version: a heading such as ## [0.1.0] - 2027-03-01")
    found = []
    ends = [*(heading.start() for heading in headings[1:]), len(log)]
    for heading, end in zip(headings, ends, strict=True):
        dated = _DATE.fullmatch(heading["when"])
        if dated is None:
            raise ValueError(
                f"the change log gives {heading['name']} no date: write "
                f"## [{heading['name']}] - 2027-03-01, or - Unreleased, as of 2027-03-01"
            )
        text = _DEFINITIONS.sub("", log[heading.end() : end]).strip()
        released = dated["unreleased"] is None
        found.append(Version(heading["name"], dated["date"], released, f"{text}\n\n{definitions}"))
    return found


def atom(log: str, home: str) -> str:
    """Return the feed of a site whose home page has the address ``home``."""
    ET.register_namespace("", ATOM)
    page = f"{home}changes/"
    found = versions(log)
    feed = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": "en"})
    _add(feed, "title", "Changes of calcguide")
    _add(feed, "id", page)
    _add(feed, "updated", _instant(max(version.date for version in found)))
    _add(feed, "link", href=f"{home}feed.xml", rel="self", type="application/atom+xml")
    _add(feed, "link", href=page, rel="alternate", type="text/html")
    author = _add(feed, "author")
    _add(author, "name", "The calcguide authors")
    for version in found:
        entry = _add(feed, "entry")
        _add(
            entry, "title", f"calcguide {version.name}" + ("" if version.released else ", to come")
        )
        _add(entry, "id", f"{page}#{version.name}")
        _add(entry, "updated", _instant(version.date))
        _add(entry, "link", href=page, rel="alternate", type="text/html")
        _add(entry, "content", markdown(version.text), type="html")
    ET.indent(feed)
    return ET.tostring(feed, encoding="unicode", xml_declaration=False) + "\n"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element


def _instant(date: str) -> str:
    return f"{date}T00:00:00Z"
