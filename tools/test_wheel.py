"""Test the wheel in an environment with the lowest or the newest versions of its libraries.

The interpreter that runs this file is the one that is tested. The tests see the wheel, not the checkout: they run
in a copy of it that has no package.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ["tests/calcguide", "tests/pages", "tests/sitegen/pages"]


def main() -> int:
    """Install what is asked for, run the tests, and return their exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dependencies", choices=["lowest", "newest"])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("options", nargs="*", help="options for pytest, after --")
    arguments = parser.parse_args()
    wheel = arguments.wheel.resolve(strict=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        checkout = copy_without_package(folder / "checkout")
        python = environment(folder / "environment", arguments.dependencies, wheel)
        variables = clean_variables()
        if arguments.dependencies == "lowest":
            # Old releases meet newer ones of their own dependencies, which warn them; also where a test runs pytest.
            variables["PYTEST_ADDOPTS"] = "-W ignore::DeprecationWarning"
        command = [python, "-m", "pytest", *TESTS, "--pyargs", "calcguide", *arguments.options]
        return subprocess.run(command, cwd=checkout, env=variables, check=False).returncode


def copy_without_package(folder: Path) -> Path:
    """Copy the files of the checkout, those of the package left out."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("calcguide/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def environment(folder: Path, dependencies: str, wheel: Path) -> Path:
    """Make an environment with the wheel and what its tests need; return its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    if dependencies == "lowest":
        lock = ROOT / "requirements/lowest.txt"
        install(*pip, "install", "--quiet", "--require-hashes", "-r", lock)
    install(*pip, "install", "--quiet", f"{wheel}[test]")
    install(*pip, "list")
    return python


def install(*command: str | Path) -> None:
    subprocess.run(command, check=True, env=clean_variables())


def clean_variables() -> dict[str, str]:
    """Return the environment variables, without those that lead to modules outside of the new environment."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


if __name__ == "__main__":
    sys.exit(main())
