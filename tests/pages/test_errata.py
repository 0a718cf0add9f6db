"""Every defect of the articles has its entry, its proof, and a link from the page that corrects it."""

import re
from pathlib import Path

import pytest

from sitegen.pages.contract import read

ERRATA = Path("docs/errata.md")
PAGES = {
    "A": "gradient-descent",
    "B": "differential-equations",
    "C": "gradients-and-hessians",
    "D": "five-concepts",
    "E": "vector-calculus",
}
# For each article, how many defects each of its examples has.
DEFECTS = {
    "A": [8, 4, 2, 1],
    "B": [4, 3, 3, 3],
    "C": [4, 2, 3],
    "D": [1, 3, 4, 1, 2],
    "E": [5, 1, 5],
}
NUMBERS = [
    f"{article}{example}.{defect}"
    for article, examples in DEFECTS.items()
    for example, n_defects in enumerate(examples, start=1)
    for defect in range(1, n_defects + 1)
]
# Wrong statements and things named only, for which there is no code that could fail.
IN_WORDS = {"A4.1", "B3.1", "C3.1", "C3.3"}
HEADING = re.compile(r"^### ([A-E]\d\.\d) .+ \{ #([a-e]\d-\d) \}$", re.MULTILINE)


def test_the_errata_have_an_entry_for_each_defect_in_order() -> None:
    assert NUMBERS == [match[1] for match in HEADING.finditer(ERRATA.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_defect_is_proved_corrected_and_linked(number: str) -> None:
    page = read(ERRATA)
    anchor = number.lower().replace(".", "-")
    heading = re.search(rf"^### {re.escape(number)} .*\{{ #{anchor} \}}$", page.text, re.MULTILINE)
    assert heading is not None
    following = re.compile(r"^##", re.MULTILINE).search(page.text, heading.end())
    end = following.start() if following else len(page.text)
    correction = page.text.index("**Right:**", heading.end(), end)
    entry = [snippet for snippet in page.snippets if heading.end() < snippet.start < end]
    proofs = [s for s in entry if s.start < correction and (s.output or s.error or s.figures)]
    corrections = [s for s in entry if s.start > correction and (s.output or s.figures)]
    if number in IN_WORDS:
        assert proofs or corrections, "nothing shows it"
    else:
        assert proofs, "nothing proves it"
        assert corrections, "nothing shows what is right"

    tutorial = Path("docs/tutorials", PAGES[number[0]]).with_suffix(".md")
    assert f"(../errata.md#{anchor})" in tutorial.read_text(encoding="utf-8")
