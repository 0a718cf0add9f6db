"""The feed of changes is well-formed Atom, says what the change log says, and nothing of today."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sitegen.outputs.feed import atom, versions

HOME = "https://calcguide.github.io/calcguide/"
NS = {"a": "http://www.w3.org/2005/Atom"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LOG = """\
# Changelog

## [0.3.0] - Unreleased, as of 2027-05-01

### Added

- A *page* on [limits] & series, where `x < 1`.

## [0.2.0] - 2027-03-01

### Fixed

- A sign.

[limits]: https://example.org/limits
[0.2.0]: https://example.org/0.2.0
"""
OURS = Path("CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("log", [LOG, OURS], ids=["example", "ours"])
def test_the_feed_has_what_atom_asks_for(log: str) -> None:
    feed = ET.fromstring(atom(log, HOME))  # noqa: S314 (our own)
    assert "{http://www.w3.org/2005/Atom}feed" == feed.tag
    entries = feed.findall("a:entry", NS)
    assert entries
    for element in [feed, *entries]:
        for name in ("id", "title", "updated"):
            assert 1 == len(element.findall(f"a:{name}", NS)), name
        assert element.findtext("a:id", None, NS).startswith(HOME)
        assert element.findtext("a:title", None, NS).strip()
        assert INSTANT.fullmatch(element.findtext("a:updated", None, NS))
    assert feed.findtext("a:author/a:name", None, NS)
    links = {link.get("rel"): link.attrib for link in feed.findall("a:link", NS)}
    assert f"{HOME}feed.xml" == links["self"]["href"]
    assert "application/atom+xml" == links["self"]["type"]
    assert f"{HOME}changes/" == links["alternate"]["href"]
    for entry in entries:
        assert "html" == entry.find("a:content", NS).get("type")
        assert "<li>" in entry.findtext("a:content", None, NS)
        assert entry.find("a:link[@rel='alternate']", NS) is not None
    ids = [entry.findtext("a:id", None, NS) for entry in entries]
    assert len(ids) == len(set(ids))


def test_entries_are_the_versions_with_their_dates_and_links() -> None:
    feed = ET.fromstring(atom(LOG, HOME))  # noqa: S314
    new, old = feed.findall("a:entry", NS)
    assert "2027-05-01T00:00:00Z" == feed.findtext("a:updated", None, NS)
    assert "calcguide 0.3.0, to come" == new.findtext("a:title", None, NS)
    assert "2027-03-01T00:00:00Z" == old.findtext("a:updated", None, NS)
    assert "calcguide 0.2.0" == old.findtext("a:title", None, NS)
    content = new.findtext("a:content", None, NS)
    assert '<a href="https://example.org/limits">limits</a> &amp; series' in content
    assert "<code>x &lt; 1</code>" in content
    assert "A sign" not in content


def test_the_same_log_gives_the_same_feed_and_a_release_keeps_its_entry() -> None:
    assert atom(LOG, HOME) == atom(LOG, HOME)
    released = atom(LOG.replace("Unreleased, as of 2027-05-01", "2027-06-01"), HOME)
    for text in (atom(LOG, HOME), released):
        assert f"<id>{HOME}changes/#0.3.0</id>" in text


@pytest.mark.parametrize("when", ["", " - Unreleased", " - soon", " - 1.2.2027"])
def test_a_version_without_a_date_is_refused(when: str) -> None:
    with pytest.raises(ValueError, match=r"gives 0\.2\.0 no date: write ## \[0\.2\.0\] - 2027"):
        versions(LOG.replace("[0.2.0] - 2027-03-01", f"[0.2.0]{when}"))


def test_a_log_without_a_version_is_refused() -> None:
    with pytest.raises(ValueError, match="no version"):
        versions("# Changelog\n")
