"""The commands of `python -m sitegen`."""

from pathlib import Path

import pytest

from sitegen.__main__ import main

pytest.importorskip("ruff")


def test_lint_takes_folders_and_names_what_is_not_there(
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
