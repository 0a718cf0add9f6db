"""A copy of the package from npm, and sources that offer files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitegen.live import pyodide_download


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "npm"
    folder.mkdir()
    for name in pyodide_download.CORE:
        (folder / name).write_text("core")
    monkeypatch.setattr(pyodide_download, "NPM", folder)


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let sources offer these contents, nothing where None; return the list of those asked."""

    def offered(*contents: bytes | None) -> list[str]:
        asked: list[str] = []

        def places(version: str) -> Iterator[tuple[str, object]]:
            for number, content in enumerate(contents):

                def read(names: list[str], number=number, content=content) -> Iterator[object]:
                    asked.append(f"source {number}")
                    if content is None:
                        raise OSError("no route to host")
                    yield from ((name, content) for name in names)

                yield f"source {number}", read

        monkeypatch.setattr(pyodide_download, "_sources", places)
        return asked

    return offered
