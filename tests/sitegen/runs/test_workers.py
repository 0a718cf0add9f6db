"""Each page runs in a process of its own, as it was read, and never for longer than the limit."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.pages.contract import read
from sitegen.runs import workers
from sitegen.runs.limit import LIMIT
from sitegen.runs.workers import run_pages

Finish = Callable[..., Any]

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and groups of processes")

ENDS = {
    "exit in order": ("os._exit(0)", "with exit code 0, at `import os`"),
    "exit": ("os._exit(3)", "with exit code 3, at `import os`"),
    "crash": ("import ctypes\nctypes.string_at(0)", "by SIGSEGV, at `ctypes.string_at(0)`"),
    "kill": ("os.kill(os.getpid(), 9)", "by SIGKILL"),
    "alarm": ("import signal\nsignal.alarm(1)\nsignal.pause()", "by SIGALRM"),
}
ENDLESS = {
    "Python": ("while True:\n    pass", "`while True:`"),
    "C": ("import re\nre.match('(a*)*b', 'a' * 50)", "`re.match('(a*)*b', 'a' * 50)`"),
    "thread": (
        "import threading\nimport time\n\n\ndef wait():\n    time.sleep(1000)\n\n\n"
        "threading.Thread(target=wait).start()",
        "`time.sleep(1000)`",
    ),
}


@POSIX
@pytest.mark.parametrize("name", ENDS)
def test_a_page_that_ends_its_process_is_reported(finished: Finish, name: str) -> None:
    snippet, words = ENDS[name]
    (problem,) = finished("x = 1", f"import os\n{snippet}").problems
    assert problem.path.endswith("page.md")
    assert problem.line > 5
    assert words in problem.message


@POSIX
@pytest.mark.parametrize("name", ENDLESS)
def test_a_page_that_never_ends_is_ended_and_its_line_named(
    finished: Finish, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(LIMIT, "1")
    snippet, words = ENDLESS[name]
    (problem,) = finished("x = 1", snippet).problems
    assert f"has not ended after 1 s, at {words}" in problem.message


def test_other_pages_run_to_their_end(run: Any, change: Callable[..., None]) -> None:
    change("first", "print(1.5)", "import os\n\nos._exit(3)")
    report = run()
    assert ["first.md"] == [Path(problem.path).name for problem in report.problems]
    assert ["tutorials/first.md", "tutorials/second.md"] == sorted(report.executed)


def test_a_page_runs_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```python\nx = 1\n```\n", encoding="utf-8")
    page = read(path)
    path.unlink()
    assert [[]] == [done.problems for done in run_pages([page])]


def test_pages_run_where_systems_cannot_fork(
    finished: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_context", lambda _: multiprocessing.get_context("spawn"))
    page = "import sys\n\n\nclass Point: ...\n\n\nprint(sys.modules['__main__'].Point is Point)"
    assert [] == finished("x = 1", page, output="True").problems


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@POSIX
def test_processes_that_a_page_leaves_end_with_it(finished: Finish, tmp_path: Path) -> None:
    left = tmp_path / "left"
    page = (
        "import subprocess\nimport sys\nfrom pathlib import Path\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
        f"Path({str(left)!r}).write_text(str(child.pid))"
    )
    assert [] == finished(page).problems
    while is_alive(int(left.read_text())):
        time.sleep(0.05)


@POSIX
def test_who_watches_the_pages_that_run_can_end_them(tmp_path: Path) -> None:
    path, started = tmp_path / "page.md", tmp_path / "started"
    path.write_text(
        "```python\nimport os\nimport time\nfrom pathlib import Path\n"
        f"Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(1000)\n```\n",
        encoding="utf-8",
    )

    def watch(running: list[Path]) -> None:
        assert [path] == running
        if started.exists() and started.read_text():
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(run_pages([read(path)], watch))
    assert not is_alive(int(started.read_text()))


def test_what_the_engine_does_is_not_in_the_log_of_a_page(finished: Finish) -> None:
    assert [] == finished("import logging\nlogging.basicConfig(level=logging.DEBUG)").problems
