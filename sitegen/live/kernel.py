"""Runs inside the reader's browser: executes snippets as the page contract says, reports errors.

The worker hands in where text and figures go. All snippets share ``__main__``, as in one script.
"""

import io
import linecache
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import SupportsIndex

import __main__

__all__ = ["connect", "emit_figure", "run"]

_NAME = "snippet "
_SLICE = 0.005  # seconds; short enough that a stop is heard during a long sleep

emit_figure: Callable[[str], None]
_real_sleep = time.sleep


class _Outlet(io.TextIOBase):
    """A text stream that passes on what is written at once."""

    encoding = "utf-8"

    def __init__(self, emit: Callable[[str], None]) -> None:
        self.emit = emit

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.emit(text)
        return len(text)


def connect(
    printed: Callable[[str], None], warned: Callable[[str], None], drawn: Callable[[str], None]
) -> None:
    """Say where printed text, warnings and figures go."""
    global emit_figure
    sys.stdout, sys.stderr, emit_figure = _Outlet(printed), _Outlet(warned), drawn
    time.sleep = _sleep
    # Matplotlib gives this one by the clock, and here all is slow.
    warnings.filterwarnings("ignore", 'Creating legend with loc="best" can be slow')


def run(source: str, number: int) -> tuple[str, str, int]:
    """Run a snippet; return ``done``, ``stopped`` or ``error``, with the message and its line."""
    name = f"{_NAME}{number}"
    # As a file has them: without the newline of the last line, its carets are a column off.
    lines = [f"{line}\n" for line in source.split("\n")]
    linecache.cache[name] = (len(source), None, lines, name)
    __main__.__dict__.pop("__warningregistry__", None)  # a second run warns again
    try:
        exec(compile(source, name, "exec", dont_inherit=True), __main__.__dict__)  # noqa: S102
    except KeyboardInterrupt:
        return "stopped", "", 0
    except BaseException as error:  # SystemExit too: the interpreter is to stay
        return "error", *_report(error, name)
    return "done", "", 0


def _report(error: BaseException, name: str) -> tuple[str, int]:
    """The traceback cut down to the reader's code, and the line of this snippet that failed."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == name:
        line = error.lineno or 0
    place: TracebackType | None = error.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_filename == name:
            line = place.tb_lineno
        place = place.tb_next
    report = traceback.TracebackException.from_exception(error, compact=True)
    part: traceback.TracebackException | None = report
    while part is not None:
        frames = [frame for frame in part.stack if frame.filename.startswith(_NAME)]
        part.stack = traceback.StackSummary.from_list(frames)
        part = part.__cause__ or part.__context__
    return "".join(report.format()).rstrip(), line


def _sleep(seconds: float | SupportsIndex) -> None:
    """Sleep in slices: between two of them Python looks whether it is to stop."""
    end = time.monotonic() + float(seconds)
    _real_sleep(min(float(seconds), _SLICE))
    while (left := end - time.monotonic()) > 0:
        _real_sleep(min(left, _SLICE))
