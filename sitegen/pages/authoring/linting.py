"""Lint the snippets of a page as one module whose line numbers are the page's."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from sitegen.pages.contract import read

__all__ = ["lint"]

# A page is read top to bottom: imports stand where they are first needed, names are used again.
LINE_LENGTH = 80  # what fits beside the navigation without scrolling
IGNORED = "E402,F811,INP001,D,T20,S101,NPY002,I001,W291,W391,E303"


def lint(paths: Iterable[Path], *, fix: bool = False) -> int:
    """Lint and format the pages; print what is wrong and return the number of pages with problems."""
    faulty = 0
    for path in paths:
        page = read(path)
        for problem in page.problems:
            print(problem)
        found = _ruff("check", "--quiet", f"--ignore={IGNORED}", "--output-format=concise",
                      f"--stdin-filename={path}.py", "-", source=page.script())  # fmt: skip
        found = found.replace(f"{path}.py:", f"{path}:")
        formatting = [] if fix else ["--diff"]
        width = f"--line-length={LINE_LENGTH}"
        found += _ruff("format", "--quiet", "--no-force-exclude", width, *formatting, str(path))
        print(found, end="")
        faulty += bool(page.problems or found)
    return faulty


def _ruff(*arguments: str, source: str = "") -> str:
    ruff = subprocess.run(  # noqa: S603 (our own linter)
        [sys.executable, "-m", "ruff", *arguments],
        input=source,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ruff.returncode > 1:
        raise RuntimeError(ruff.stderr)
    return ruff.stdout
