"""Compare what a page promises with what its snippets did, and rewrite the promises on demand."""

import doctest
import re
import textwrap
from collections.abc import Callable
from pathlib import Path

from pytest_doctestplus.output_checker import FLOAT_CMP, OutputChecker
from sybil import Region

from sitegen.common.files import write_atomically
from sitegen.pages.contract import Page, Problem, Snippet, read, source_start
from sitegen.pages.execution import run
from sitegen.pages.outcome import Run

__all__ = ["agree", "check", "compare", "update_outputs"]

FLAGS = FLOAT_CMP | doctest.NORMALIZE_WHITESPACE
NUMBER = re.compile(r"(?<![\w.])[+-]?(?:\d+\.\d*|\.\d+|\d+(?=e[+-]?\d))(?:e[+-]?\d+)?")
ADVICE = (
    "If the new text is right, rewrite the fences with `make update-outputs` and read the diff; "
    "otherwise mend the snippet."
)

_CHECKER = OutputChecker()
_CHECKER.rtol = 1e-5
_CHECKER.atol = 0.0  # any more would pass every number that is small enough


def agree(wanted: str, got: str) -> bool:
    """Whether two outputs are the same, up to rounding noise in numbers with a decimal point."""
    wanted, got = (NUMBER.sub(r" \g<0> ", text) for text in (wanted, got))
    return bool(_CHECKER.check_output(wanted, got, FLAGS))


def compare(page: Page, result: Run) -> list[Problem]:
    """Return the places where the page's fences differ from what was printed or raised."""
    problems = []
    for snippet, outcome in zip(page.snippets, result.outcomes, strict=False):
        for kind, got in (("output", outcome.output), ("error", outcome.error)):
            if problem := _difference(page, snippet, kind, got):
                problems.append(problem)
    return problems


def check(
    path: Path, text: str | None = None, begin: Callable[[Snippet], object] = lambda _: None
) -> tuple[Page, Run, list[Problem]]:
    """Read, run and compare a page: the problems are all there is to say against it.

    It may have another text than its file has now; ``begin`` is told of each snippet. What a page changes in
    its process may stay changed: `sitegen.runs.workers` gives it one of its own.
    """
    page = read(path, text)
    if page.problems:
        return page, Run(), page.problems
    result = run(page, begin)
    problems = [*compare(page, result), *result.problems]
    return page, result, sorted(problems, key=lambda problem: problem.line)


def _difference(page: Page, snippet: Snippet, kind: str, got: str) -> Problem | None:
    fence: Region | None = getattr(snippet, kind)
    wanted = snippet.promised(kind)
    title = kind.capitalize()
    if fence is None and not got.strip():
        return None
    if fence is not None and got.strip() and agree(wanted, got):
        return None
    place = page.line(fence.start) if fence is not None else snippet.line
    if fence is None:
        message = f'the snippet prints, but no ```text title="{title}" fence directly follows it'
    elif not got.strip():
        does = "prints" if kind == "output" else "raises"
        message = f"the page promises an {kind}, but the snippet {does} nothing"
    else:
        message = f"the {kind} differs from what the page shows"
    flags = FLAGS | doctest.REPORT_NDIFF
    difference = _CHECKER.output_difference(doctest.Example("", wanted), got, flags)
    difference = re.sub(r"^Differences .*$", "On the page (-) and now (+):", difference, flags=re.M)
    return Problem(str(page.path), place, f"{message}\n{difference.rstrip()}\n{ADVICE}")


def update_outputs(page: Page, result: Run) -> bool:
    """Rewrite the output and error fences that differ; return whether the file was changed."""
    edits = []
    for snippet, outcome in zip(page.snippets, result.outcomes, strict=False):
        # A new output goes between the snippet and its error, so the order of the edits matters.
        for kind, got in (("output", outcome.output), ("error", outcome.error)):
            if _difference(page, snippet, kind, got):
                edits.append(_edit(page.text, snippet, kind, got))
    text = page.text
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    if edits:
        write_atomically(page.path, text)
    return bool(edits)


def _edit(text: str, snippet: Snippet, kind: str, got: str) -> tuple[int, int, str]:
    """Return the span of the page to be replaced, and what to put there."""
    fence: Region | None = getattr(snippet, kind)
    opening = text[snippet.start : snippet.end]
    indent = opening[: len(opening) - len(opening.lstrip(" "))]
    lines = "".join(line.rstrip() + "\n" for line in got.strip("\n").splitlines())
    body = textwrap.indent(lines, indent)
    if fence is None:
        before = snippet.output if kind == "error" and snippet.output is not None else snippet
        fenced = f'\n\n{indent}```text title="{kind.capitalize()}"\n{body}{indent}```'
        return before.end, before.end, fenced
    if not got.strip():
        return text.rindex("```", 0, fence.start) + 3, fence.end, ""
    return source_start(fence), text.rindex("\n", 0, fence.end) + 1, body
