"""Ruff's findings name the lines of pages."""

from pathlib import Path

import pytest

from sitegen.__main__ import main
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


def test_the_command_takes_folders_and_names_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("folder/one.md", "folder/other.md"):
        (tmp_path / name).write_text("# A\n\n```python\nimport os\n```\n", encoding="utf-8")
    command = ["sitegen", "lint", str(tmp_path / "folder")]
    monkeypatch.setattr("sys.argv", command)
    assert 1 == main()
    printed = capsys.readouterr().out
    assert all(f"{name}.md:4:8: F401" in printed for name in ("one", "other"))
    monkeypatch.setattr("sys.argv", [*command, "no-such-page.md"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no no-such-page.md" in capsys.readouterr().err
