"""Say why the process of a page ended before the page, from what it has left behind."""

import re
import signal

from sitegen.pages.contract import Page, Problem
from sitegen.runs.limit import LIMIT

__all__ = ["why"]

_SNIPPET = re.compile(r"^\d+$", re.MULTILINE)
_THREAD = re.compile(r"^(?=Thread 0x|Current thread 0x)", re.MULTILINE)


def why(page: Page, trace: str, exitcode: int | None, seconds: float | None) -> Problem:
    """Return the problem, at the line that ran last.

    Parameters
    ----------
    page : Page
        As it has run.
    trace : str
        The lines of the snippets that have begun, then what `faulthandler` has written, if anything.
    exitcode : int or None
        Of the process.
    seconds : float or None
        The limit, if the page has reached it.
    """
    line = _line(page, trace)
    source = page.text.split("\n")[line - 1].strip()
    if seconds is not None:
        reason = (
            f"the page has not ended after {seconds:g} s, at `{source}`\n"
            f"Shorten what it does, or set {LIMIT} to more seconds."
        )
    else:
        reason = f"the process of the page ended before the page, {_end(exitcode)}, at `{source}`"
    return Problem(str(page.path), line, reason)


def _line(page: Page, trace: str) -> int:
    """The innermost line of the page in the thread that failed, or in the main one; else the first of the snippet."""
    name = page.document.path.encode("ascii", "backslashreplace").decode()
    frame = re.compile(rf'^  File "{re.escape(name)}", line (\d+) ', re.MULTILINE)
    threads = _THREAD.split(trace)[1:][::-1]  # the main one comes last
    threads.sort(key=lambda thread: not thread.startswith("Current"))
    for thread in threads:
        if found := frame.search(thread):
            return int(found[1])
    begun = _SNIPPET.findall(trace)
    return int(begun[-1]) + 1 if begun else 1


def _end(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"by {names.get(-exitcode, f'signal {-exitcode}')}"
    return f"with exit code {exitcode}"
