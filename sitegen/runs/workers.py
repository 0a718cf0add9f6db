"""Run pages in processes of their own, as many at once as there are processors."""

import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from sitegen.figures.record import Record
from sitegen.pages.contract import Page, Problem

__all__ = ["Finished", "run_pages", "warm_up"]

# What takes long to import: if a page needs it, it is imported once for all of them.
SLOW = ["numpy.random", "scipy.optimize", "sklearn.linear_model"]


@dataclass(frozen=True)
class Finished:
    """What comes back from the process that ran a page: its figures, as SVG and in words, and what is wrong."""

    path: Path
    drawings: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0


def run_pages(pages: list[Page]) -> Iterator[Finished]:
    """Run and check each page, and yield what it did as soon as it has ended."""
    if not pages:
        return
    sources = "\n".join(snippet.source for page in pages for snippet in page.snippets)
    context = _context([name for name in SLOW if name.partition(".")[0] in sources])
    waiting = deque(page.path for page in pages)
    running: dict[Any, tuple[Path, Any]] = {}  # by the pipes through which they report
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                receiver, sender = context.Pipe(duplex=False)
                path = waiting.popleft()
                process = context.Process(target=_work, args=(path, sender), daemon=True)
                process.start()
                running[receiver] = path, process
                sender.close()  # so that ours ends with theirs
            for ready in list[Any](wait([*running])):
                path, process = running.pop(ready)
                try:
                    yield ready.recv()
                except EOFError:
                    process.join()
                    message = f"the process that ran the page ended before the page, with exit code {process.exitcode}"
                    yield Finished(path, problems=[Problem(str(path), 1, message)])
    finally:
        for _, process in running.values():
            process.terminate()


def warm_up() -> None:
    """Import in the background what pages may need, so that a page that is changed next runs at once."""
    if _context(SLOW).get_start_method() == "forkserver":
        from multiprocessing import forkserver  # which Windows lacks

        forkserver.ensure_running()


def _context(preloaded: list[str]) -> Any:
    """How processes are started: by a server that has imported modules, where systems can fork.

    Such a server is safe beside the threads of the caller, and its children start clean. It imports
    what is first asked for, and runs until this process ends.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitegen.pages.comparison", __name__, *preloaded])
    return context


def _work(path: Path, sender: Connection) -> None:
    # Matplotlib is for the processes that run pages; a build that runs none starts without it.
    from sitegen.pages.comparison import check

    start = time.perf_counter()
    _, run, problems = check(path)
    drawings = [svg for outcome in run.outcomes for svg in outcome.figures]
    with suppress(BrokenPipeError):  # the build has ended before, and has said why
        sender.send(Finished(path, drawings, run.records, problems, time.perf_counter() - start))
