"""The repacked runtime is made once for each recipe, and appears when it is complete."""

import json
from pathlib import Path

import pytest

from sitegen.live import runtime as module
from sitegen.live.runtime import runtime


def repacked(originals: Path, folder: Path, log: object) -> None:
    """Stand for the repacking, which takes a minute."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyodide-lock.json").write_text((originals / "pyodide-lock.json").read_text())
    (folder / "file.whl").write_bytes(b"12345")


@pytest.mark.usefixtures("npm")
def test_the_runtime_is_repacked_once_and_names_its_version(tmp_path, monkeypatch):
    fetched: list[Path] = []

    def fetch(wanted, folder, log) -> bool:
        folder.mkdir(parents=True, exist_ok=True)
        fetched.append(folder)
        return True

    monkeypatch.setattr(module, "fetch", fetch)
    monkeypatch.setattr(module, "_repack", repacked)
    first = runtime(tmp_path, [].append)
    again = runtime(tmp_path, [].append)
    assert first is not None
    assert again is not None
    assert first.name == again.name
    assert 1 == len(fetched)
    assert first.name.startswith(f"{json.loads(module.LOCK.read_text())['info']['version']}-")
    assert 5 == first.sizes["file.whl"]
    assert first.lock["packages"].keys() >= {"numpy", "scipy"}


@pytest.mark.usefixtures("npm")
def test_without_its_files_there_is_no_runtime(tmp_path, offer):
    offer(None)
    assert runtime(tmp_path, [].append) is None
    assert not list(tmp_path.glob("runtime/*"))
