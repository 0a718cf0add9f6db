"""The wheel of the package, built from this checkout, for the browser and for notebooks."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sitegen.common.cache import digest, environment
from sitegen.common.cached_folder import cached_folder
from sitegen.common.files import files_in
from sitegen.common.paths import CACHE, ROOT

__all__ = ["Wheel", "wheel"]

# What goes into the wheel besides the package.
METADATA = ["pyproject.toml", "README.md", "LICENSE"]
# The date of all files inside, so that the same sources give the same bytes.
DATE = "1704067200"


@dataclass(frozen=True)
class Wheel:
    """A wheel that the site serves, at an address that changes with its content."""

    file: Path

    @cached_property
    def sha256(self) -> str:
        """The hash that pip compares."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    @property
    def uri(self) -> str:
        """Where the site has it."""
        return f"assets/live/{self.sha256[:10]}/{self.file.name}"


def wheel(cache: Path = CACHE / "live") -> Wheel:
    """Return the wheel of the package as it is now, built if need be."""
    folder = cached_folder(cache / "wheels" / _key(), _build)
    return Wheel(next(folder.glob("*.whl")))


def _key() -> str:
    """Hash all that the wheel is made from."""
    inside = sorted(files_in(ROOT / "calcguide"))
    names = METADATA + [f"calcguide/{file}" for file in inside if not file.endswith(".pyc")]
    hashes = (hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names)
    return digest([*environment([Path(__file__)], ["hatchling"]), *names, *hashes])[:10]


def _build(target: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel",
               "-d", str(target.resolve())]  # fmt: skip
    variables = os.environ | {"SOURCE_DATE_EPOCH": DATE}
    subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)  # noqa: S603
