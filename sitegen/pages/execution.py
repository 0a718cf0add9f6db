"""Run the snippets of a page, as a reader would, and keep what they print, raise and draw."""

import contextlib
import io
import os
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from sybil import Example
from sybil.evaluators.python import PythonEvaluator

from sitegen.figures import backend
from sitegen.figures.palettes import STYLE
from sitegen.figures.review import fault
from sitegen.figures.svg import to_svg
from sitegen.pages.contract import Page, Problem, Snippet

__all__ = ["Outcome", "Run", "run"]

ADVICE = (
    "Mend the snippet, or one above it that it needs. If the error is what the page is about, "
    'promise it in a ```text title="Error" fence directly after the snippet.'
)


@dataclass(frozen=True)
class Outcome:
    """What one snippet did: the text printed, the error raised, its figures as SVG."""

    output: str = ""
    error: str = ""
    figures: tuple[str, ...] = ()


@dataclass
class Run:
    """The outcomes of the snippets of a page in order, up to the first that failed."""

    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def run(page: Page) -> Run:
    """Run all snippets of a page in one namespace, as one script would."""
    result = Run()
    page.document.namespace["__name__"] = "__main__"
    with _workplace():
        for example, snippet in zip(page.document, page.snippets, strict=True):
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
        # A warning that a reader would see is a defect of the page.
        warnings.simplefilter("error")
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
            raised = f"{type(error).__name__}: {error}"

    def report(message: str) -> None:
        problems.append(Problem(str(page.path), snippet.line, message))

    if plt.get_fignums():
        plt.close("all")
        report("a figure is drawn but not shown: end the snippet with plt.show()")
    drawings = []
    shown = backend.take_shown()
    for figure in shown:
        try:
            drawings.append(to_svg(figure))
        except Exception as error:
            reason = traceback.format_exception_only(error)[-1].strip()
            report(f"the figure cannot be drawn: mend what the snippet draws\n{reason}")
            continue
        if message := fault(figure):
            report(message)
    if len(shown) != len(snippet.figures):
        report(
            f"{len(shown)} figure(s) shown, {len(snippet.figures)} named directly after the snippet: "
            "each needs its plt.show() and its ![what is to be seen](figures/name.svg)"
        )
    return Outcome(printed.getvalue(), raised, tuple(drawings))


def _unexpected(page: Page, snippet: Snippet, error: BaseException) -> Problem:
    """Place an exception at the line of the page that raised it."""
    own = page.document.path
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == own]
    if isinstance(error, SyntaxError) and error.filename == own:
        lines.append(error.lineno)
    line = next((line for line in reversed(lines) if line is not None), snippet.line)
    source = page.text.splitlines()[line - 1].strip()
    reason = "".join(traceback.format_exception_only(error)).strip()
    return Problem(str(page.path), line, f"the snippet fails at `{source}`\n{reason}\n{ADVICE}")
