"""Run the snippets of a page, as a reader would, and keep what they print, raise and draw."""

import contextlib
import io
import os
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from sybil import Example
from sybil.evaluators.python import PythonEvaluator

from sitegen.figures import backend
from sitegen.figures.palettes import STYLE
from sitegen.figures.record import Record, record
from sitegen.figures.review import fault
from sitegen.figures.svg import to_svg
from sitegen.pages.contract import Page, Problem, Snippet

__all__ = ["Outcome", "Run", "run"]

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


@dataclass(frozen=True)
class Outcome:
    """What one snippet did: the text printed, the error raised, its figures as SVG and in words."""

    output: str = ""
    error: str = ""
    figures: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass
class Run:
    """The outcomes of the snippets of a page in order, up to the first that failed."""

    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """The figures of all snippets, in words."""
        return [record for outcome in self.outcomes for record in outcome.records]


def run(page: Page) -> Run:
    """Run all snippets of a page in one namespace, as one script would."""
    result = Run()
    page.document.namespace["__name__"] = "__main__"
    with _workplace():
        for example, snippet in zip(page.document, page.snippets, strict=True):
            warnings.showwarning = partial(_warned, page, snippet, result.problems)
            try:
                result.outcomes.append(_run_snippet(page, example, snippet, result.problems))
            except (Exception, SystemExit) as error:
                result.problems.append(_unexpected(page, snippet, error))
                break  # the snippets below would only repeat it
    return result


@contextlib.contextmanager
def _workplace() -> Iterator[None]:
    """A temporary folder, and settings that are as before when the page has ended."""
    before = plt.get_backend()
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
        try:
            yield
        finally:
            plt.close("all")
            backend.take_shown()
            plt.switch_backend(before)
            os.environ.clear()
            os.environ.update(environment)


def _run_snippet(
    page: Page, example: Example, snippet: Snippet, problems: list[Problem]
) -> Outcome:
    if snippet.skip_reason is not None:
        return Outcome()
    printed, raised = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            PythonEvaluator()(example)
        except Exception as error:
            if snippet.error is None:
                raise
            name, words = type(error).__name__, str(error)
            raised = f"{name}: {words}" if words else name

    def report(message: str) -> None:
        problems.append(Problem(str(page.path), snippet.line, message))

    if plt.get_fignums():
        plt.close("all")
        report("a figure is drawn but not shown: end the snippet with plt.show()")
    drawings, records = [], []
    shown = backend.take_shown()
    for figure in shown:
        try:
            drawings.append(to_svg(figure))
            records.append(record(figure))
        except Exception as error:
            reason = traceback.format_exception_only(error)[-1].strip()
            report(f"the figure cannot be drawn: mend what the snippet draws\n{reason}")
            continue
        if message := fault(figure, drawings[-1]):
            report(message)
    if len(shown) != len(snippet.figures):
        report(
            f"{len(shown)} figure(s) shown, {len(snippet.figures)} named directly after the snippet: "
            "each needs its plt.show() and its ![what is to be seen](figures/name.svg)"
        )
    return Outcome(printed.getvalue(), raised, tuple(drawings), tuple(records))


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


def _unexpected(page: Page, snippet: Snippet, error: BaseException) -> Problem:
    """Place an exception at the line of the page that raised it."""
    line, source = _place(page, snippet, traceback.extract_tb(error.__traceback__))
    if isinstance(error, SyntaxError) and error.filename == page.document.path and error.lineno:
        line, source = error.lineno, _source(page, error.lineno)
    reason = "".join(traceback.format_exception_only(error)).strip()
    advice = EXIT_ADVICE if isinstance(error, SystemExit) else ADVICE
    return Problem(str(page.path), line, f"the snippet fails at `{source}`\n{reason}\n{advice}")


def _place(page: Page, snippet: Snippet, stack: traceback.StackSummary) -> tuple[int, str]:
    """The innermost line of the page on a stack, and its code."""
    lines = [frame.lineno for frame in stack if frame.filename == page.document.path]
    line = next((line for line in reversed(lines) if line is not None), snippet.line)
    return line, _source(page, line)


def _source(page: Page, line: int) -> str:
    return page.text.split("\n")[line - 1].strip()
