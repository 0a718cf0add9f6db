"""Ruff's findings name the lines of pages."""

from pathlib import Path

import pytest

from sitegen.pages.authoring.linting import lint

pytest.importorskip("ruff")


def test_lint_names_the_line_of_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n```python\nimport os\n\nx = [1,2]\n```\n", encoding="utf-8")
    assert 1 == lint([page])
    printed = capsys.readouterr().out
    assert f"{page}:4:8: F401" in printed
    assert "+x = [1, 2]" in printed
    lint([page], fix=True)
    assert "x = [1, 2]" in page.read_text(encoding="utf-8")
