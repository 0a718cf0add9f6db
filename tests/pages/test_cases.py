"""What every case study has."""

import re
from pathlib import Path

import pytest

from sitegen.pages.contract import read
from sitegen.pages.sources import page_files

DOCS = Path(__file__).parents[2] / "docs"
CASES = [path for path in page_files(DOCS / "cases") if path.name != "index.md"]


def test_there_is_a_case_for_each_use_that_the_articles_name() -> None:
    assert 8 == len(CASES)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_is_complete(path: Path) -> None:
    page = read(path)
    sections = re.findall(r"^## (.*)$", page.text, re.MULTILINE)
    for title in ("The data", "What this model cannot do", "Exercises", "Further reading"):
        assert title in sections
    assert any(title.startswith("Against ") for title in sections)
    assert "**What you need:**" in page.text
    assert "**How long it takes:**" in page.text
    assert 5 <= sum(len(snippet.figures) for snippet in page.snippets)
    exercises = page.text.partition("\n## Exercises\n")[2].partition("\n## ")[0]
    assert 4 <= exercises.count('??? success "Solution"')


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_is_reached_from_the_overview_and_from_a_tutorial(path: Path) -> None:
    assert f"({path.name}" in (DOCS / "cases/index.md").read_text(encoding="utf-8")
    tutorials = page_files(DOCS / "tutorials")
    assert any(f"(../cases/{path.name}" in page.read_text(encoding="utf-8") for page in tutorials)
