"""Each page runs in a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_page_that_ends_its_process_is_reported(run: Any, change: Callable[..., None]) -> None:
    change("first", "print(1.5)", "import os\n\nos._exit(3)")
    report = run()
    assert ["first.md"] == [Path(problem.path).name for problem in report.problems]
    assert "with exit code 3" in report.problems[0].message
    assert ["tutorials/first.md", "tutorials/second.md"] == sorted(report.executed)
