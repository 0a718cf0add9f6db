"""Citations are read by those for whom they are written: TeX, citation processors, reference managers."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sitegen.notebooks.addresses import uri_of_notebook
from sitegen.outputs.reuse.citations import Citation, Work, read_work
from sitegen.pages.sources import page_files

HOME = "https://calcguide.github.io/calcguide/"
WORK = Work("Ours: the guide", (("The authors",), ("Ada", "King")), "0.2.0", date(2027, 3, 1))
CITATION = Citation("tutorials/first.md", "Slopes & limits: 100 % {x} of $f_n$", WORK)
# Variables of CSL 1.0.2, and their form in its JSON.
CSL = {
    "id": str, "type": str, "title": str, "container-title": str, "author": list, "issued": dict,
    "version": str, "language": str, "URL": str,
}  # fmt: skip


def fields(entry: str) -> dict[str, str]:
    """Read an entry as BibTeX does: a value ends where its braces are balanced."""
    head = re.match(r"@misc\{([^,\s]+),\n", entry)
    assert head is not None
    found, place = {"": head[1]}, head.end()
    while match := re.compile(r"\s*(\w+) = ").match(entry, place):
        end, depth = match.end(), 0
        while depth or entry[end] != ",":
            escaped = entry[end - 1] == "\\"
            depth += (not escaped) * ((entry[end] == "{") - (entry[end] == "}"))
            end += 1
        found[match[1]] = entry[match.end() : end]
        place = end + 1
    assert "\n}" == entry[place:]
    return found


def test_an_entry_of_bibtex_can_be_read_back() -> None:
    assert {
        "": "calcguide-first",
        "author": "{{The authors} and King, Ada}",
        "title": r"{{Slopes \& limits: 100 \% \{x\} of \$f\_n\$}}",
        "howpublished": "{Ours: the guide}",
        "year": "{2027}",
        "month": "mar",
        "note": "{Version 0.2.0}",
        "url": f"{{{HOME}tutorials/first/}}",
    } == fields(CITATION.bibtex)


def test_no_sign_is_left_to_tex_as_a_command() -> None:
    title = fields(replace(CITATION, title=r"a\b~c^d#e").bibtex)["title"]
    assert r"{{a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d\#e}}" == title


def test_an_item_of_csl_has_what_its_schema_asks_for() -> None:
    (item,) = json.loads(CITATION.csl)
    assert {"id", "type"} <= item.keys() <= CSL.keys()
    assert all(isinstance(value, CSL[name]) for name, value in item.items())
    assert ("calcguide-first", "webpage", CITATION.title) == (
        item["id"],
        item["type"],
        item["title"],
    )
    assert [{"literal": "The authors"}, {"family": "King", "given": "Ada"}] == item["author"]
    assert {"date-parts": [[2027, 3, 1]]} == item["issued"]


def test_plain_text_says_who_what_which_and_where() -> None:
    assert (
        f"The authors and Ada King. “{CITATION.title}”. Ours: the guide, version 0.2.0, 1 March 2027. "
        f"{HOME}tutorials/first/"
    ) == CITATION.plain


def test_tags_have_the_words_of_highwire_and_dublin_core() -> None:
    tags = CITATION.tags
    assert ["The authors", "King, Ada"] == [
        text for name, text in tags if name == "citation_author"
    ]
    once = dict(tags)
    for name, text in {
        "title": CITATION.title,
        "publication_date": "2027/03/01",
        "public_url": CITATION.url,
    }.items():
        assert text == once[f"citation_{name}"]
    assert ("2027-03-01", CITATION.url) == (once["DC.date"], once["DC.identifier"])


def test_the_work_is_that_of_the_citation_file_and_the_change_log(tmp_path: Path) -> None:
    citation, log = tmp_path / "c.cff", tmp_path / "log.md"
    citation.write_text(
        "title: Ours\nversion: 0.2.0\nauthors:\n  - name: Some of us\n"
        "  - {given-names: Ludwig, name-particle: van, family-names: Beethoven}\n",
        encoding="utf-8",
    )
    log.write_text("## [0.3.0] - 2027-04-01\n\n## [0.2.0] - 2027-03-01\n", encoding="utf-8")
    authors = (("Some of us",), ("Ludwig", "van Beethoven"))
    assert Work("Ours", authors, "0.2.0", date(2027, 3, 1)) == read_work(citation, log)
    log.write_text("## [0.3.0] - 2027-04-01\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"version 0\.2\.0 is not in"):
        read_work(citation, log)


def test_each_page_that_is_cited_has_a_key_of_its_own() -> None:
    docs = Path("docs")
    uris = [path.relative_to(docs).as_posix() for path in page_files(docs)]
    keys = [Citation(uri, "", read_work()).key for uri in uris if uri_of_notebook(uri)]
    assert len(keys) == len(set(keys)) >= 13
