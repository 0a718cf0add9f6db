"""A page that breaks the contract is refused: what nothing would run, misplaced fences and figures, marks without a reason."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages.contract import read

Problems = Callable[[str], list[str]]

BUG = "assert square(2) == 5"

# What is replaced, by what, the line at which it is reported, and words of the report.
DEFECTS = {
    "alt text empty": ("![A parabola that rises from 1 to 9]", "![ ]", 36, "no alt text"),
    "alt text missing": ("![A parabola that rises from 1 to 9]", "![]", 36, "no alt text"),
    "figure of another type": ("figures/parabola.svg", "figures/parabola.png", 36, "is named"),
    "figure away from its snippet": (
        "![A parabola that rises",
        "Some words.\n\n![A parabola that rises",
        38,
        "directly after its snippet",
    ),
    "output fence without its snippet": (
        "# Slopes\n",
        '# Slopes\n\n```text title="Output"\n1\n```\n',
        3,
        "without its python fence",
    ),
    "output away from its snippet": (
        '```text title="Output"\n1.4e-20',
        'Some words.\n\n```text title="Output"\n1.4e-20',
        29,
        "without its python fence",
    ),
    "two outputs for one snippet": (
        '```text title="Output"\n1.4e-20\n```\n',
        '```text title="Output"\n1.4e-20\n```\n\n```text title="Output"\n1.4e-20\n```\n',
        31,
        "a second output fence",
    ),
    "skip without a reason": ("```python\nplt", "<!-- skip -->\n\n```python\nplt", 31, "reason"),
    "a mark without a reason": (
        "```python\nplt",
        "<!-- not in the browser -->\n\n```python\nplt",
        31,
        "reason",
    ),
    "skip of nothing": ("!!! note", "<!-- skip: why -->\n\n!!! note", 38, "without a python"),
    "output of a skipped snippet": (
        "```python\nprint(square",
        "<!-- skip: needs a GPU -->\n\n```python\nprint(square",
        29,
        "is skipped",
    ),
    "fence left open": ("LinAlgError: Singular matrix\n```\n", "", 63, "not closed"),
    "fence of tildes": (
        "# Slopes\n",
        "# Slopes\n\n~~~python\nx = 1\n~~~\n",
        3,
        "backticks",
    ),
    "fence closed by more backticks": (
        "print(square(x).sum() * 1e-21)\n```",
        "print(square(x).sum() * 1e-21)\n````",
        23,
        "not closed by as many",
    ),
    "fence indented by a tab": (
        '    ```python\n    print("inside", 0.5)\n    ```\n',
        '\t```python\n\tprint("inside", 0.5)\n\t```\n',
        40,
        "indented by a tab",
    ),
    "line outside of its indented fence": (
        "    inside 0.5\n",
        "inside 0.5\n",
        44,
        "indented less than the fence",
    ),
}
# A fence that shows Python but that a plain tool would not run.
HIDDEN = {
    "misspelt": f"```pyhton\n{BUG}\n```",
    "py": f"```py\n{BUG}\n```",
    "capitals": f"```Python\n{BUG}\n```",
    "title": f'```python title="slopes.py"\n{BUG}\n```',
    "attribute": f"```{{ .python }}\n{BUG}\n```",
    "trailing space": f"```python \n{BUG}\n```",
    "leading space": f"``` python\n{BUG}\n```",
    "no language": f"```\n{BUG}\n```",
    "plain text": f"```text\n{BUG}\n```",
    "admonition": f"!!! note\n\n    ```py\n    {BUG}\n    ```",
    "tab": f'=== "Tab"\n\n    ```pycon\n    {BUG}\n    ```',
    "nested": f"````markdown\n```python\n{BUG}\n```\n````",
    "nested in an output": f'````text title="Output"\n```python\n{BUG}\n```\n````',
    "nested in a console": f"````console\n```python\n{BUG}\n```\n````",
    "list item": f"- ```python\n  {BUG}\n  ```",
    "quotation": f"> ```python\n> {BUG}\n> ```",
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught_at_its_line(assert_caught: Callable[..., None], name: str) -> None:
    assert_caught(*DEFECTS[name])


@pytest.mark.parametrize("name", HIDDEN)
def test_code_that_nothing_runs_is_refused(
    page: Path, name: str, problems: Problems, sound: str
) -> None:
    found = problems(f"{sound}\n{HIDDEN[name]}\n")
    assert found, "not caught"
    assert any(re.match(rf"{re.escape(str(page))}:(6[789]|7\d): ", report) for report in found), (
        found
    )


def test_skipped_snippet_is_not_run(page: Path, problems: Problems) -> None:
    text = "<!-- skip: needs a GPU -->\n\n```python\n1 / 0\n```\n"
    assert [] == problems(text)
    assert "" == read(page).script()


def test_a_snippet_that_the_browser_cannot_run_is_tested_here(
    page: Path, problems: Problems
) -> None:
    text = "<!-- not in the browser: no such library -->\n\n```python\nprint(1)\n```\n"
    (report,) = problems(text)
    assert "the snippet prints" in report
    assert "no such library" == read(page).snippets[0].not_live_reason


def test_an_output_may_hold_fences_if_its_own_is_longer(problems: Problems) -> None:
    text = "```python\nprint('```python\\n1 / 0\\n```')\n```\n\n"
    assert [] == problems(text + '````text title="Output"\n```python\n1 / 0\n```\n````\n')


def test_an_output_keeps_the_blanks_that_begin_all_of_its_lines(problems: Problems) -> None:
    text = "```python\nprint('  a\\n   b')\n```\n\n"
    assert [] == problems(text + '```text title="Output"\n  a\n   b\n```\n')
    (report,) = problems(text + '```text title="Output"\na\n b\n```\n')
    assert "differs in blanks" in report


def test_a_figure_may_not_have_the_name_of_the_dark_version_of_another(
    assert_caught: Callable[..., None],
) -> None:
    assert_caught(
        "figures/parabola.svg", "figures/parabola-dark.svg", 36, "names that end with -dark"
    )
