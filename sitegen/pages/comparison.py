"""Compare what a page promises with what its snippets did, and rewrite the promises on demand."""

import difflib
import itertools
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from sybil import Region

from sitegen.common.files import write_atomically
from sitegen.pages.contract import Page, Problem, Snippet, indent, read
from sitegen.pages.execution import run
from sitegen.pages.outcome import Outcome, Run

__all__ = ["agree", "check", "compare", "update_outputs"]

# A number with a decimal point or an exponent; its sign, and what is part of a word, a date or a version, is text.
NUMBER = re.compile(
    r"(?<![\w.])(?:\d+\.\d*|\.\d+|\d+(?=e[+-]?\d))(?:e[+-]?\d+)?(?!\d|\.\d)", re.ASCII
)
RTOL = 1e-5  # relative alone: an absolute tolerance would pass every number that is small enough
DIGITS = sys.float_info.dig  # that a float has for certain
ADVICE = (
    "If the new text is right, rewrite the fences with `make update-outputs` and read the diff; "
    "otherwise correct the snippet."
)
CONTEXT, WIDTH = 2, 100  # of a difference that is reported
MAX_LINES, MAX_GROUP, MAX_SHOWN = (
    1000,
    12,
    60,
)  # that are compared, shown of a change, and shown of all


def agree(wanted: str, got: str) -> bool:
    """Whether two outputs look the same, up to rounding noise in numbers with a decimal point.

    Digits of such numbers may differ by a relative 1e-5, as long as there are as many of them: only the number of
    digits of a float that is printed in full is noise itself. Everything else is the same, each blank and line break
    too, except for blanks at the end of a line and blank lines at the end.
    """
    wanted, got = "\n".join(_lines(wanted)), "\n".join(_lines(got))
    return wanted == got or (
        NUMBER.split(wanted) == NUMBER.split(got)
        and all(map(_is_noise, NUMBER.findall(wanted), NUMBER.findall(got)))
    )


def compare(page: Page, result: Run) -> list[Problem]:
    """Return the places where the page's fences differ from what was printed or raised."""
    return [
        Problem(str(page.path), _line(page, snippet, kind), message)
        for snippet, kind, got in _results(page, result)
        if (message := _unprintable(got) or _difference(snippet, kind, got))
    ]


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


def update_outputs(page: Page, result: Run) -> bool:
    """Rewrite the output and error fences that differ; return whether the file was changed.

    Raises
    ------
    RuntimeError
        If the file is no longer the one that was read; nothing has been written.
    """
    # A new output goes between the snippet and its error, so the order of the edits matters.
    edits = [
        _edit(page.text, snippet, kind, got)
        for snippet, kind, got in _results(page, result)
        if not _unprintable(got) and _difference(snippet, kind, got)
    ]
    if not edits:
        return False
    text = page.text
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    now = page.path.read_bytes().decode()
    if now.replace("\r\n", "\n").replace("\r", "\n") != page.text:
        raise RuntimeError(
            f"{page.path} has changed while its snippets ran: nothing is written; update its outputs again"
        )
    if "\r\n" in now:
        text = text.replace("\n", "\r\n")
    write_atomically(page.path.resolve(), text)  # a link stays one
    return True


def _lines(text: str) -> list[str]:
    """The lines of a text without what nobody sees: blanks at their ends, and blank lines at its end."""
    text = "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")
    return text.split("\n") if text else []


def _is_noise(one: str, other: str) -> bool:
    """Whether two numbers differ by rounding alone, and have the same form unless one is a float in full."""
    in_full = any(len(re.sub(r"e.*|\.", "", x).lstrip("0")) > DIGITS for x in (one, other))
    same_form = re.sub(r"\d", "0", one) == re.sub(r"\d", "0", other)
    return (same_form or in_full) and math.isclose(
        float(one), float(other), rel_tol=RTOL, abs_tol=0
    )


def _results(page: Page, result: Run) -> Iterator[tuple[Snippet, str, str]]:
    """Each snippet that was run, twice: with what it printed, and with what it raised."""
    outcome: Outcome
    for snippet, outcome in zip(page.snippets, result.outcomes, strict=False):
        yield snippet, "output", outcome.output
        yield snippet, "error", outcome.error


def _line(page: Page, snippet: Snippet, kind: str) -> int:
    fence: Region | None = getattr(snippet, kind)
    return snippet.line if fence is None else page.line(fence.start)


def _unprintable(got: str) -> str | None:
    """Say which signs no page can show as they are, if there are any."""
    signs = {sign for sign in got if unicodedata.category(sign) in ("Cc", "Cs")} - {"\n", "\t"}
    if not signs:
        return None
    return f"the text has signs that no page can show: {', '.join(map(repr, sorted(signs)))}; do without them"


def _difference(snippet: Snippet, kind: str, got: str) -> str | None:
    """Say how what was printed or raised differs from what the page shows, if it does."""
    fence: Region | None = getattr(snippet, kind)
    wanted = snippet.promised(kind)
    if (fence is not None) == bool(got.strip()) and agree(wanted, got):
        return None
    if fence is None:
        if not got.strip():
            return None
        message = f'the snippet prints, but no ```text title="{kind.capitalize()}" fence directly follows it'
    elif not got.strip():
        does = "prints" if kind == "output" else "raises"
        message = f"the page promises an {kind}, but the snippet {does} nothing"
    elif wanted.split() == got.split():
        message = f"the {kind} differs in blanks or line breaks from what the page shows"
    else:
        message = f"the {kind} differs from what the page shows"
    return "\n".join([message, "On the page (-) and now (+):", *_diff(wanted, got), ADVICE])


def _diff(wanted: str, got: str) -> Iterator[str]:
    """Show the lines that differ, in time that does not run away with the length of the texts."""
    old, new = _lines(wanted), _lines(got)
    # Noise is no difference.
    new[: len(old)] = [a if agree(a, b) else b for a, b in zip(old, new, strict=False)]
    both = zip(old, new, strict=False)
    first = next((i for i, (a, b) in enumerate(both) if a != b), min(len(old), len(new)))
    start = max(0, first - CONTEXT)
    before, after = (_pieces(lines[start : start + MAX_LINES])[:MAX_LINES] for lines in (old, new))
    shown = list(difflib.unified_diff(before, after, n=CONTEXT, lineterm=""))[3:]
    lines = []
    for sign, group in itertools.groupby(shown, key=lambda line: line[0]):
        first_lines = [f"    {sign} {line[1:]}" for line in itertools.islice(group, MAX_GROUP)]
        lines += ["    ⋮"] if sign == "@" else first_lines
        lines += ["    ⋮"] if any(True for _ in group) else []
    yield from lines[:MAX_SHOWN]
    if len(lines) > MAX_SHOWN or MAX_LINES in (len(before), len(after)):
        yield f"    … and more: the page has {len(old)} lines, and now there are {len(new)}"


def _pieces(lines: list[str]) -> list[str]:
    """Cut long lines, so that the place of a difference shows."""
    return [line[i : i + WIDTH] for line in lines for i in range(0, max(1, len(line)), WIDTH)]


def _edit(text: str, snippet: Snippet, kind: str, got: str) -> tuple[int, int, str]:
    """Return the span of the page to be replaced, and what to put there."""
    fence: Region | None = getattr(snippet, kind)
    if fence is not None and not got.strip():
        return text.rindex("```", 0, fence.start) + 3, fence.end, ""
    margin = indent(text[snippet.start : snippet.end])
    # Longer than any in the text, or it would end there.
    ticks = "`" * max(3, *(1 + len(run) for run in re.findall("`+", got)), 0)
    lines = [f'{ticks}text title="{kind.capitalize()}"', *_lines(got), ticks]
    fenced = "\n".join(margin + line if line else "" for line in lines)
    if fence is not None:
        return fence.start, fence.end, fenced
    before = snippet.output if kind == "error" and snippet.output is not None else snippet
    return before.end, before.end, f"\n\n{fenced}"
