"""Run pages in processes of their own, as many at once as there are processors."""

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from sitegen.pages.contract import Page, Problem
from sitegen.pages.outcome import Run
from sitegen.runs.limit import page_seconds
from sitegen.runs.post_mortem import why

__all__ = ["Finished", "Step", "run_pages", "warm_up"]

# What takes long to import: if a page needs it, it is imported once for all of them.
SLOW = ["numpy.random", "scipy.optimize", "sklearn.linear_model"]
REST_SHOWN = 2000  # characters of what is written when no snippet runs

TICK = 0.25  # seconds between two looks at what runs
GRACE = 60.0  # seconds until a page is killed that has not ended itself, as it should have

Step = Callable[[list[Path]], object]


@dataclass(frozen=True)
class Finished:
    """What comes back from the process that ran a page: what it did, and what is wrong."""

    path: Path
    run: Run = field(default_factory=Run)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0


def run_pages(pages: list[Page], step: Step = lambda _: None) -> Iterator[Finished]:
    """Run and check each page as it has been read, and yield what it did as soon as it has ended.

    Several times a second ``step`` gets the pages that run; if it raises, their processes end.
    """
    if not pages:
        return
    seconds = page_seconds()
    sources = "\n".join(snippet.source for page in pages for snippet in page.snippets)
    context = _context([name for name in SLOW if name.partition(".")[0] in sources])
    waiting = deque(pages)
    running: list[_Process] = []
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                running.append(_Process(context, waiting.popleft(), seconds))
            wait([process.sentinel for process in running], TICK)
            step([process.page.path for process in running])
            for process in [process for process in running if process.has_ended()]:
                running.remove(process)
                yield process.finished()
    finally:
        for process in running:
            process.end()


def warm_up() -> None:
    """Import in the background what pages may need, so that a page that is changed next runs at once."""
    if _context(SLOW).get_start_method() == "forkserver":
        from multiprocessing import forkserver  # which Windows lacks

        forkserver.ensure_running()


class _Process:
    """The process of a page, and the folder in which it leaves what it has done."""

    def __init__(self, context: Any, page: Page, seconds: float) -> None:
        self.page, self.seconds = page, seconds
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        arguments = page.path, page.text, self.folder, seconds
        self._process = context.Process(target=_work, args=arguments, daemon=True)
        self._process.start()
        self.sentinel: int = self._process.sentinel
        self._start = time.monotonic()
        self._is_overdue = False
        self._kill = weakref.finalize(self, _kill, self._process)

    def has_ended(self) -> bool:
        """Whether it has; it is killed when it is overdue."""
        if time.monotonic() > self._start + self.seconds + GRACE:
            self._is_overdue = True
            self._kill()
        return not self._process.is_alive()

    def end(self) -> None:
        """End it with all that it has started."""
        self._kill()
        self._process.join()
        self._folder.cleanup()

    def finished(self) -> Finished:
        """What it did."""
        self._process.join()
        trace, rest = self._text("trace"), self._text("rest").strip()
        result, exitcode = self.folder / "result", self._process.exitcode
        late = self._is_overdue or "Timeout (" in trace
        run, problems, seconds = Run(), list[Problem](), time.monotonic() - self._start
        if result.exists():
            run, problems, seconds = pickle.loads(result.read_bytes())  # noqa: S301 (of our process)
        if exitcode or not result.exists():
            problems.append(why(self.page, trace, exitcode, self.seconds if late else None))
        if rest:
            place = self.page.snippets[-1].line if self.page.snippets else 1
            message = (
                f"written after the last snippet, where a page shows nothing:\n{rest[-REST_SHOWN:]}"
            )
            problems.append(Problem(str(self.page.path), place, message))
        self.end()
        return Finished(self.page.path, run, problems, seconds)

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _kill(process: Any) -> None:
    """End a process, and all in the group that it leads."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):  # it has not begun; all are dead
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _work(*arguments: Any) -> None:
    # Matplotlib is for the processes that run pages; a build that runs none starts without it.
    from sitegen.runs.page_process import main

    main(*arguments)


def _context(preloaded: list[str]) -> Any:
    """How processes are started: by a server that has imported modules, where systems can fork.

    Such a server is safe beside the threads of the caller, and its children start clean. It imports
    what is first asked for, and runs until this process ends.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitegen.runs.page_process", __name__, *preloaded])
    return context
