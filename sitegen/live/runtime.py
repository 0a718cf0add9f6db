"""The Python runtime that the site serves: official Pyodide files, repacked once for each recipe."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sitegen.common.cached_folder import cached_folder
from sitegen.common.programs.node import node
from sitegen.live.pyodide_download import LOCK, fetch, official

__all__ = ["Runtime", "runtime"]

RECIPE = [
    Path(__file__).with_name(name) for name in ("repack.mjs", "repack.py", "pyodide_download.py")
]


@dataclass(frozen=True)
class Runtime:
    """A folder of files to be published as they are, under a name that says what they are."""

    folder: Path

    @property
    def name(self) -> str:
        """Version and hash: another content has another name."""
        return self.folder.name

    @cached_property
    def lock(self) -> dict[str, Any]:
        """The lock that goes with the files."""
        lock: dict[str, Any] = json.loads((self.folder / "pyodide-lock.json").read_text("utf-8"))
        return lock

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The size of each file in bytes."""
        return {file.name: file.stat().st_size for file in sorted(self.folder.iterdir())}


def runtime(cache: Path, log: Callable[[str], object]) -> Runtime | None:
    """Return the repacked runtime, made if need be, or nothing where its files cannot be had."""
    digest = hashlib.sha256()
    for file in (LOCK, *RECIPE):
        digest.update(file.read_bytes())
    wanted = official()
    folder = cache / "runtime" / f"{wanted.version}-{digest.hexdigest()[:10]}"

    def make(target: Path) -> None:
        originals = cache / "official" / wanted.version
        if not fetch(wanted, originals, log):
            raise _UnavailableError
        lock = {"info": wanted.info, "packages": wanted.packages}
        (originals / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
        _repack(originals, target, log)

    try:
        return Runtime(cached_folder(folder, make))
    except _UnavailableError:
        return None


class _UnavailableError(Exception):
    """No source has the files."""


def _repack(originals: Path, target: Path, log: Callable[[str], object]) -> None:
    log("Repacking Pyodide, once: about a minute")
    script = Path(__file__).with_name("repack.mjs")
    command: list[str | Path] = [node(), "--no-warnings", script, originals, target]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"Pyodide cannot be repacked:\n{done.stdout}{done.stderr}")
