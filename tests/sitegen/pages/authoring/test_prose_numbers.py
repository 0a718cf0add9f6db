"""Numbers of the prose are held against outputs, code, formulas and sources near them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages.authoring.prose_numbers import unproved
from sitegen.pages.contract import read

SNIPPET = '```python\nprint(share)\n```\n\n```text title="Output"\n0.930\n```\n'

PROVED = {
    "as it is": f"{SNIPPET}\nThe share is 0.930.",
    "with fewer digits": f"{SNIPPET}\nThe share is 0.93.",
    "in percent": f"{SNIPPET}\nThe share is 93 %.",
    "in words": f"{SNIPPET}\nNinety-three percent of it, in 40 thousand or forty thousand steps of `4e4`.",
    "before its output": f"The share is 0.93.\n\n{SNIPPET}",
    "by code": "```python\nsteps = 40_000\n```\n\nAfter 40 000 steps, or 40,000.",
    "by inline code": "With `maxiter=500` it stops after 500 steps.",
    "by a formula": "$$\nH = \\begin{pmatrix} 20 & 0 \\end{pmatrix}\n$$\n\nIts entry is 20.",
    "by a formula in a line": "It falls by $1 - 0.3 \\cdot 1.59 = 0.523$, to 0.523 of it.",
    "as a power of ten": "```python\ntol = 1e-9\n```\n\nA billionth is $10^{-9}$.",
    "by the section above the last": f"{SNIPPET}\n## A\n\n## B\n\nStill 0.93.",
    "in the introduction, by any section": f"With 0.93.\n\n## A\n\n## B\n\n## C\n\n## D\n\n{SNIPPET}",
    "a count of what is there": "There are 3 points in 10 dimensions.",
    "a year": "In 1963, and again from 2001 to 2010 (2012), he published it. In 1991 there is one.",
    "a day": "Published on 28 July 2024.",
    "a label": "See exercise 12, section 2.1.5, Python 3.11 and version 1.9.1.",
    "a name": "By DOP853, on an AMD-64 or an x64, after YBC 7289.",
    "an alt text": "![It levels off at 1.57](figures/level.svg)",
    "a link": "It has [17 000 lines](https://example.org).",
    "another page": "It is 0.37 there ([errata](errata.md)).",
    "a work with its year": "It is 0.906 (Sprott 2003).\n\n## Further reading\n\n- J. C. Sprott, 2003.",
    "a marked sentence": "It is 0.906. <!-- source: Sprott -->",
    "a marked line in a paragraph": "It is 0.906. <!-- source: Sprott -->\nAnd more.",
    "a marked section": "## A\n\n<!-- source: make bench -->\n\nIt is 0.906.\n\nAnd 0.31.",
    "a bibliography": "Text.\n\n## Further reading\n\n- A. Author, pages 113–147.",
}

UNPROVED = {
    "another number": (f"{SNIPPET}\nThe share is 0.94.", "11: 0.94"),
    "more digits than were printed": (f"{SNIPPET}\nThe share is 0.9304.", "11: 0.9304"),
    "another percentage": (f"{SNIPPET}\nThe share is\n94 %.", "12: 94 %"),
    "a small percentage": ("It grows by 3 %.", "3: 3 %"),
    "code is not rounded": ("```python\nshare = 0.94321\n```\n\nIt is 0.94.", "7: 0.94"),
    "three sections further up": (f"{SNIPPET}\n## A\n\n## B\n\n## C\n\nIt is 0.93.", "17: 0.93"),
    "a section further down": (f"## A\n\nWith 0.93.\n\n## B\n\n{SNIPPET}", "5: 0.93"),
    "a formula that states": ("They part at $t = 48.5$.", "3: 48.5"),
    "a count like a year": ("There are 1797 handwritten digits.", "3: 1797"),
    "a link to the same page": ("It is 0.37 ([above](#above)).", "3: 0.37"),
    "a link in the next sentence": ("It is 0.37. A [link](b.md) follows.", "3: 0.37"),
    "a work without its year": ("It is 0.906 (Sprott).\n\n## Further reading\n\n- Sprott, 2003.", "3: 0.906"),
    "a work that is not listed": ("It is 0.906 (Sprott 2003).\n\n## Further reading\n\n- Lorenz, 1963.", "3: 0.906"),
    "the sentence after a mark": ("It is 0.906. <!-- source: Sprott -->\nAnd 0.31.", "4: 0.31"),
    "the section after a marked one": ("## A\n\n<!-- source: b -->\n\n0.31.\n\n## B\n\nAnd 0.32.", "11: 0.32"),
    "a skip is no source": ("It is 0.906. <!-- skip: none -->", "3: 0.906"),
    "a number in words": ("Eleven of them, and\nfive, are there.", "3: 11"),
    "a number of thousands": ("It has eighteen thousand of them.", "3: 18e3"),
    "a heading": ("## A factor of 1000", "3: 1000"),
    "a table": ("| a | b |\n|---|---|\n| 0.37 | [1](b.md) |\n| 0.38 | 2 |", "6: 0.38"),
}  # fmt: skip


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], list[str]]:
    """Return a function that names what is unproved in a text, with its line."""
    page = tmp_path / "page.md"

    def find(text: str) -> list[str]:
        page.write_text(f"# Page\n\n{text}\n", encoding="utf-8")
        problems = unproved(read(page))
        return [f"{problem.line}: {problem.message.partition(':')[0]}" for problem in problems]

    return find


@pytest.mark.parametrize("name", PROVED)
def test_a_proved_number_passes(found: Callable[[str], list[str]], name: str) -> None:
    assert [] == found(PROVED[name])


@pytest.mark.parametrize("name", UNPROVED)
def test_an_unproved_number_is_named_with_its_line(
    found: Callable[[str], list[str]], name: str
) -> None:
    text, expected = UNPROVED[name]
    assert [expected] == found(text)


def test_a_problem_says_where_and_what_to_do(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nThey part at 48.5.\n", encoding="utf-8")
    (problem,) = unproved(read(page))
    assert str(problem).startswith(f"{page}:3: 48.5: no output, code or formula near it")
    assert "print it, or name its source" in str(problem)
