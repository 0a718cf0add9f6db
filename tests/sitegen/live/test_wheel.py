"""The wheel that browser and notebooks install: the same bytes for the same sources."""

import os
import shutil
from pathlib import Path

import pytest

from sitegen.live import wheel as module
from sitegen.live.wheel import wheel

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout whose package has one module."""
    folder = tmp_path / "checkout"
    (folder / "calcguide/data").mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "calcguide/data/README.md"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "calcguide/__init__.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", folder)
    return folder


def test_the_same_sources_give_the_same_bytes(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = wheel(tmp_path / "one")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")
    os.utime(checkout / "calcguide/__init__.py", (0, 0))
    (checkout / "calcguide/__init__.py").chmod(0o600)
    second = wheel(tmp_path / "two")
    assert first.file != second.file
    assert first.file.read_bytes() == second.file.read_bytes()
    assert first.uri == second.uri


def test_a_change_of_the_package_gives_another_address(checkout: Path, tmp_path: Path) -> None:
    before = wheel(tmp_path)
    assert before.file == wheel(tmp_path).file, "it is built once"
    (checkout / "calcguide/__init__.py").write_text("x = 2\n", encoding="utf-8")
    after = wheel(tmp_path)
    assert before.sha256 != after.sha256
    assert before.uri != after.uri
    assert before.uri.rpartition("/")[2] == after.uri.rpartition("/")[2]
