"""Run the snippets of a page, as a reader would, and keep what they print, raise and draw."""

import __future__

import builtins
import contextlib
import linecache
import logging
import os
import sys
import tempfile
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from sybil.evaluators.python import pad

from sitegen.common.streams import caught
from sitegen.figures import backend
from sitegen.figures.palettes import STYLE
from sitegen.figures.record import record
from sitegen.figures.review import fault
from sitegen.figures.svg import to_svg
from sitegen.pages.contract import Page, Problem, Snippet
from sitegen.pages.outcome import Outcome, Run

__all__ = ["run"]

FUTURES = {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
LONGEST = 20_000  # characters of an output: no page shows more, and a comparison would take minutes

ADVICE = (
    "Correct the snippet, or one above it that it needs. If the error is what the page is about, "
    'promise it in a ```text title="Error" fence directly after the snippet.'
)
EXIT_ADVICE = (
    "It would end the interpreter of a reader who copies it, and no fence can promise that: "
    "remove it, or raise another exception."
)
WARNING_ADVICE = (
    "Readers would see it, and it ends nothing: correct the snippet, or silence it there with "
    "warnings.catch_warnings."
)


class _Main:
    """The module ``__main__`` of a page, in which its snippets run.

    It has no ``__file__``, as in a notebook and an interactive interpreter. So a process pool that starts new
    interpreters does not find the functions of the page, and one that forks does.
    """

    def __init__(self, page: Page) -> None:
        self.path, self.flags = page.document.path, 0
        self.module = types.ModuleType("__main__")
        vars(self.module)["__builtins__"] = builtins
        # With this, tracebacks and inspect find the source.
        lines = page.text.splitlines(keepends=True)
        linecache.cache[self.path] = (len(page.text), None, lines, self.path)

    def run(self, snippet: Snippet) -> None:
        """Run a snippet; an import from ``__future__`` holds for the snippets below too."""
        source = pad(snippet.source, snippet.line)
        code = compile(source, self.path, "exec", flags=self.flags, dont_inherit=True)
        self.flags |= sum(flag for flag in FUTURES if code.co_flags & flag)
        exec(code, vars(self.module))  # noqa: S102 (what a page is there for)


def run(page: Page, begin: Callable[[Snippet], object] = lambda _: None) -> Run:
    """Run all snippets of a page in one ``__main__``, as one script would; ``begin`` is told of each."""
    result, main = Run(), _Main(page)
    with _workplace(main), caught() as written:
        for snippet in page.snippets:
            begin(snippet)
            warnings.showwarning = partial(_warned, page, snippet, result.problems)
            try:
                outcome = _run_snippet(page, main, snippet, written, result.problems)
            except BaseException as error:  # KeyboardInterrupt too, if a snippet raises it
                result.problems.append(_unexpected(page, snippet, error, written()[1]))
                break  # the snippets below would only repeat it
            result.outcomes.append(outcome)
    return result


@contextlib.contextmanager
def _workplace(main: _Main) -> Iterator[None]:
    """A temporary folder, and settings that are as before when the page has ended."""
    before, main_before = plt.get_backend(), sys.modules["__main__"]
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        mpl.rc_context(),
        np.printoptions(),
        np.errstate(),
        warnings.catch_warnings(),
    ):
        # As in a plain interpreter, a warning ends nothing; that a reader would see it is a defect of the page.
        warnings.simplefilter("always")
        for unseen in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", unseen)
        # Matplotlib gives this one by the clock: a busy machine is no defect of the page.
        warnings.filterwarnings("ignore", 'Creating legend with loc="best" can be slow')
        environment = dict(os.environ)
        plt.switch_backend(f"module://{backend.__name__}")
        plt.style.use(STYLE)
        sys.modules["__main__"] = main.module
        try:
            yield
        finally:
            sys.modules["__main__"] = main_before
            with _unlogged():
                plt.close("all")
                backend.take_shown()
                plt.switch_backend(before)
            os.environ.clear()
            os.environ.update(environment)


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """Log nothing of what we do ourselves: a page may show all that libraries log."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(before)


def _run_snippet(
    page: Page,
    main: _Main,
    snippet: Snippet,
    written: Callable[[], tuple[str, str]],
    problems: list[Problem],
) -> Outcome:
    if snippet.skip_reason is not None:
        return Outcome()
    raised = ""
    try:
        main.run(snippet)
    except Exception as error:
        if snippet.error is None:
            raise
        name, words = type(error).__name__, str(error)
        raised = (f"{name}: {words}" if words else name)[:LONGEST]
    output, errors = written()

    def report(message: str) -> None:
        problems.append(Problem(str(page.path), snippet.line, message))

    if len(output) > LONGEST:
        report(
            f"the snippet prints {len(output)} characters, of which these are the first: print less"
        )
        output = output[:LONGEST]
    if errors.strip():
        report(
            "the snippet writes to the stream of errors, which a page does not show: "
            f"print the text, or avoid it\n{errors[:LONGEST].rstrip()}"
        )
    if plt.get_fignums():
        plt.close("all")
        report("a figure is drawn but not shown: end the snippet with plt.show()")
    drawings, records = [], []
    shown = backend.take_shown()
    for figure in shown:
        try:
            with _unlogged():
                drawings.append(to_svg(figure))
                records.append(record(figure))
                message = fault(figure)
        except Exception as error:
            reason = traceback.format_exception_only(error)[-1].strip()
            report(f"the figure cannot be drawn: correct what the snippet draws\n{reason}")
            continue
        if message:
            report(message)
    if len(shown) != len(snippet.figures):
        report(
            f"{len(shown)} figure(s) shown, {len(snippet.figures)} named directly after the snippet: "
            "each needs its plt.show() and its ![what is to be seen](figures/name.svg)"
        )
    return Outcome(output, raised, tuple(drawings), tuple(records))


def _warned(
    page: Page,
    snippet: Snippet,
    problems: list[Problem],
    message: Warning | str,
    category: type[Warning],
    *_: object,
) -> None:
    """Note a warning at the line of the page that led to it, once."""
    line, source = _place(page, snippet, traceback.extract_stack())
    reason = f"{category.__name__}: {message}"
    text = f"the snippet warns at `{source}`\n{reason}\n{WARNING_ADVICE}"
    problem = Problem(str(page.path), line, text)
    if problem not in problems:
        problems.append(problem)


def _unexpected(page: Page, snippet: Snippet, error: BaseException, written: str) -> Problem:
    """Place an exception at the line of the page that raised it, with what was written as an error before."""
    line, source = _place(page, snippet, traceback.extract_tb(error.__traceback__))
    if isinstance(error, SyntaxError) and error.filename == page.document.path and error.lineno:
        line, source = error.lineno, _source(page, error.lineno)
    reason = "".join(traceback.format_exception_only(error)).strip()
    advice = EXIT_ADVICE if isinstance(error, SystemExit) else ADVICE
    message = f"the snippet fails at `{source}`\n{written[-LONGEST:]}{reason}\n{advice}"
    return Problem(str(page.path), line, message)


def _place(page: Page, snippet: Snippet, stack: traceback.StackSummary) -> tuple[int, str]:
    """The innermost line of the page on a stack, and its code."""
    lines = [frame.lineno for frame in stack if frame.filename == page.document.path]
    line = next((line for line in reversed(lines) if line is not None), snippet.line)
    return line, _source(page, line)


def _source(page: Page, line: int) -> str:
    return page.text.split("\n")[line - 1].strip()
