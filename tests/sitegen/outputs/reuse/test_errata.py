"""The errata as data have what the page has, in the form that their schema states."""

import re
from pathlib import Path
from typing import Any

import jsonschema  # which nbformat brings
import pytest

from sitegen.outputs.reuse.errata import SCHEMA, errata
from sitegen.pages.contract import read
from tests.pages.test_errata import IN_WORDS, NUMBERS

PATH = Path("docs/errata.md")
HOME = "https://calcguide.github.io/calcguide/"
ARTICLE = '## A. "An article"\n\n'
ENTRY = """\
### A1.1 A `name` that is wrong { #a1-1 }

The article says $x$; see [A1.2](#a1-2). <!-- source: the article -->

```python
print(1)
# Not a heading
```

```text title="Output"
1
```

**Right:** it is [two](tutorials/one.md#two).

```python
1 / 0
```

```text title="Error"
ZeroDivisionError: division by zero
```

"""


def entries(text: str) -> list[dict[str, Any]]:
    return errata(read(Path("errata.md"), text))


def test_an_entry_has_claim_proof_and_correction() -> None:
    assert [
        {
            "number": "A1.1",
            "article": "An article",
            "title": "A `name` that is wrong",
            "claim": f"The article says $x$; see [A1.2]({HOME}errata/#a1-2).",
            "proof": [{"code": "print(1)\n# Not a heading", "output": "1"}],
            "correction": f"it is [two]({HOME}tutorials/one/#two).",
            "check": [{"code": "1 / 0", "error": "ZeroDivisionError: division by zero"}],
            "url": f"{HOME}errata/#a1-1",
        }
    ] == entries(f"{ARTICLE}{ENTRY}## Another part\n\n```python\nprint(3)\n```\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY, "A1.1 belongs to no article"),
        (ARTICLE + ENTRY.replace("**Right:**", "Right:"), "A1.1 does not say what is right"),
    ],
)
def test_an_entry_that_lacks_a_part_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        entries(text)


@pytest.fixture(scope="module")
def ours() -> list[dict[str, Any]]:
    return errata(read(PATH))


def test_our_errata_are_as_the_schema_says(ours: list[dict[str, Any]]) -> None:
    validator = jsonschema.Draft202012Validator
    validator.check_schema(SCHEMA)
    validator(SCHEMA, format_checker=validator.FORMAT_CHECKER).validate(ours)
    with pytest.raises(jsonschema.ValidationError):
        validator(SCHEMA).validate([*ours, {}])


def test_our_errata_have_an_entry_for_each_defect_in_order(ours: list[dict[str, Any]]) -> None:
    assert NUMBERS == [entry["number"] for entry in ours]
    without_proof = {entry["number"] for entry in ours if not entry["proof"]}
    assert without_proof <= IN_WORDS
    anchors = re.findall(r"^### .+ \{ #(\S+) \}$", PATH.read_text(encoding="utf-8"), re.MULTILINE)
    assert [f"{HOME}errata/#{anchor}" for anchor in anchors] == [entry["url"] for entry in ours]


def test_what_is_printed_as_proof_is_what_the_page_shows(ours: list[dict[str, Any]]) -> None:
    text = PATH.read_text(encoding="utf-8")
    for entry in ours:
        for snippet in entry["proof"] + entry["check"]:
            assert f"```python\n{snippet['code']}\n```" in text
            for kind in {"output", "error"} & snippet.keys():
                assert f'```text title="{kind.capitalize()}"\n{snippet[kind]}\n```' in text
