"""Compare the figures of a page with the file beside it that says what they show, and write that file.

The file is no part of what a build checks: a figure that its author is just changing should be seen, not refused.
"""

from collections.abc import Sequence
from pathlib import Path

from sitegen.common.files import write_atomically
from sitegen.figures.record import Record, differences, parse, to_text
from sitegen.pages.contract import Figure, Page, Problem

__all__ = ["SUFFIX", "compare_figures", "update_figures"]

SUFFIX = ".figures.txt"
ADVICE = (
    "Look at the figure. If it is right, rewrite {file} with `make update-outputs` and read the diff; "
    "otherwise correct the snippet."
)


def compare_figures(page: Page, records: Sequence[Record]) -> list[Problem]:
    """Return the figures that do not show what they are said to; ``records`` has all that the page drew."""
    file = _file(page)
    known = parse(file.read_text(encoding="utf-8")) if file.exists() else {}
    advice = ADVICE.format(file=file)
    problems = []
    for figure, record in zip(_figures(page), records, strict=True):
        if figure.name not in known:
            message = f"nothing says yet what figure {figure.name}.svg shows"
        elif found := differences(known.pop(figure.name), record):
            message = "\n    ".join([f"figure {figure.name}.svg shows something else now:", *found])
        else:
            continue
        problems.append(Problem(str(page.path), figure.line, f"{message}\n{advice}"))
    if gone := sorted(known.keys() - {figure.name for figure in _figures(page)}):
        message = f"the page has no such figure any more: {', '.join(gone)}\n{advice}"
        problems.append(Problem(str(file), 1, message))
    return problems


def update_figures(page: Page, records: Sequence[Record]) -> bool:
    """Write down what the figures of a page show, if that differs; return whether a file was changed."""
    if not compare_figures(page, records):
        return False
    file = _file(page).resolve()  # a link stays one
    if records:
        names = (figure.name for figure in _figures(page))
        write_atomically(file, to_text(page.path.name, dict(zip(names, records, strict=True))))
    else:
        file.unlink()
    return True


def _file(page: Page) -> Path:
    return page.path.with_suffix(SUFFIX)


def _figures(page: Page) -> list[Figure]:
    return [figure for snippet in page.snippets for figure in snippet.figures]
