"""The engine catches every kind of defect that a page can have, and nothing else."""

import re
from pathlib import Path

import pytest

from sitegen.pages.comparison import agree, check, update_outputs
from sitegen.pages.contract import read

SOUND = """\
# Slopes

```python
import matplotlib.pyplot as plt
import numpy as np

x = np.array([1.0, 2.0, 3.0])


def square(x):
    return x**2


print("slope:", 2 * x)
print("words and", 0.123456)
```

```text title="Output"
slope: [2. 4. 6.]
words and 0.123456
```

```python
print(square(x).sum() * 1e-21)
```

```text title="Output"
1.4e-20
```

```python
plt.plot(x, square(x))
plt.show()
```

![A parabola that rises from 1 to 9](figures/parabola.svg)

!!! note

    ```python
    print("inside", 0.5)
    ```

    ```text title="Output"
    inside 0.5
    ```

=== "Tab"

    ```python
    tab = square(4)
    ```

```python
print(tab)
np.linalg.inv(np.zeros((2, 2)))
```

```text title="Output"
16
```

```text title="Error"
LinAlgError: Singular matrix
```
"""

BUG = "assert square(2) == 5"

# What is replaced, by what, the line at which it is reported, and words of the report.
DEFECTS = {
    "wrong third digit": ("slope: [2. 4. 6.]", "slope: [2. 4.01 6.]", 18, "differs"),
    "wrong sign": ("slope: [2. 4. 6.]", "slope: [2. -4. 6.]", 18, "differs"),
    "wrong word": ("words and 0.1", "words or 0.1", 18, "differs"),
    "tiny value wrong in its third digit": ("1.4e-20", "1.41e-20", 27, "differs"),
    "wrong integer": ("\n16\n", "\n17\n", 59, "differs"),
    "line of an output deleted": ("words and 0.123456\n```", "```", 18, "differs"),
    "line of an output added": ("slope: [2. 4. 6.]\n", "slope: [2. 4. 6.]\nmore\n", 18, "differs"),
    "output fence removed": (
        '```text title="Output"\n1.4e-20\n```\n',
        "",
        23,
        'no ```text title="Output"',
    ),
    "output on a silent snippet": (
        "    tab = square(4)\n    ```\n",
        '    tab = square(4)\n    ```\n\n    ```text title="Output"\n    16\n    ```\n',
        54,
        "prints nothing",
    ),
    "print lost": ('print("words and", 0.123456)\n```', "```", 17, "differs"),
    "only print lost": ("print(square(x).sum() * 1e-21)", "square(x).sum() * 1e-21", 27, "nothing"),
    "import lost": ("import numpy as np\n", "", 6, "NameError"),
    "function gone": ("def square(x):\n    return x**2\n", "", 22, "NameError"),
    "syntax error": ("def square(x):", "def square(x)", 10, "SyntaxError"),
    "name used from another page": ("2 * x)", "2 * elsewhere)", 14, "NameError"),
    "division by zero warned of": ("2 * x)", "2 * x / 0)", 14, "RuntimeWarning"),
    "exit": ("tab = square(4)", "raise SystemExit(0)", 51, "SystemExit"),
    "figure lost": ("plt.plot(x, square(x))\n", "", 31, "0 figure(s) shown, 1 named"),
    "figure not shown": ("plt.show()\n", "", 31, "plt.show()"),
    "figure not named": (
        "![A parabola that rises from 1 to 9](figures/parabola.svg)\n",
        "",
        31,
        "1 figure(s) shown, 0 named",
    ),
    "figure named twice": (
        "(figures/parabola.svg)\n",
        "(figures/parabola.svg)\n\n![Another](figures/another.svg)\n",
        31,
        "1 figure(s) shown, 2 named",
    ),
    "figure empty": ("plt.plot(x, square(x))", "plt.figure()", 31, "empty"),
    "figure with empty axes": ("plt.plot(x, square(x))", "plt.subplots()", 31, "empty"),
    "figure of nothing but NaN": ("plt.plot(x, square(x))", "plt.plot(x, x * np.nan)", 31, "empty"),
    "figure cut off": (
        "plt.show()",
        'plt.title("a title that is far too long for the figure " * 3)\nplt.show()',
        31,
        "cut off",
    ),
    "figure in black": ("square(x))\nplt", 'square(x), "k")\nplt', 31, "fixed black"),
    "figure that cannot be drawn": (
        "plt.show()",
        'plt.title("$\\\\frac$")\nplt.show()',
        31,
        "cannot be drawn",
    ),
    "alt text empty": ("![A parabola that rises from 1 to 9]", "![ ]", 36, "no alt text"),
    "alt text missing": ("![A parabola that rises from 1 to 9]", "![]", 36, "no alt text"),
    "figure of another type": ("figures/parabola.svg", "figures/parabola.png", 36, "is named"),
    "figure away from its snippet": (
        "![A parabola that rises",
        "Some words.\n\n![A parabola that rises",
        38,
        "directly after its snippet",
    ),
    "exception not raised": ("np.zeros((2, 2))", "np.eye(2)", 63, "raises nothing"),
    "exception of another type": ("LinAlgError: S", "ValueError: S", 63, "differs"),
    "exception with another message": ("Singular matrix", "singular array", 63, "differs"),
    "error without its fence": (
        '\n```text title="Error"\nLinAlgError: Singular matrix\n```\n',
        "",
        56,
        "LinAlgError",
    ),
    "bug inside an admonition": ('print("inside", 0.5)', BUG, 41, "AssertionError"),
    "bug inside a tab": ("tab = square(4)", BUG, 51, "AssertionError"),
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


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def problems(page: Path, text: str) -> list[str]:
    page.write_text(text, encoding="utf-8")
    return [str(problem) for problem in check(page)[2]]


def test_a_sound_page_has_no_problem(page: Path) -> None:
    assert [] == problems(page, SOUND)


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught_at_its_line(page: Path, name: str) -> None:
    old, new, line, words = DEFECTS[name]
    assert 1 == SOUND.count(old), "the defect must change one place"
    found = problems(page, SOUND.replace(old, new))
    assert found, "not caught"
    assert any(report.startswith(f"{page}:{line}: ") and words in report for report in found), found


@pytest.mark.parametrize("name", HIDDEN)
def test_code_that_nothing_runs_is_refused(page: Path, name: str) -> None:
    found = problems(page, f"{SOUND}\n{HIDDEN[name]}\n")
    assert found, "not caught"
    assert any(re.match(rf"{re.escape(str(page))}:(6[789]|7\d): ", report) for report in found), (
        found
    )


def test_two_outputs_swapped_are_caught(page: Path) -> None:
    swapped = SOUND.replace("1.4e-20", "?").replace("\n16\n", "\n1.4e-20\n").replace("?", "16")
    assert 2 == len(problems(page, swapped))


def test_fences_reordered_are_caught(page: Path) -> None:
    first, second = SOUND.index("```python"), SOUND.index("```python\nprint(square")
    reordered = SOUND[:first] + SOUND[second:] + SOUND[first:second]
    assert any("NameError" in report for report in problems(page, reordered))


def test_report_shows_the_difference_and_what_to_do(page: Path) -> None:
    (report,) = problems(page, SOUND.replace("4. 6.]", "4. 7.]"))
    assert "- slope: [2. 4. 7.]" in report
    assert "+ slope: [2. 4. 6.]" in report
    assert "update-outputs" in report


def test_only_the_first_failing_snippet_is_reported(page: Path) -> None:
    (report,) = problems(page, SOUND.replace("import numpy as np\n", ""))
    assert "NameError: name 'np' is not defined" in report


def test_skipped_snippet_is_not_run(page: Path) -> None:
    text = "<!-- skip: needs a GPU -->\n\n```python\n1 / 0\n```\n"
    assert [] == problems(page, text)
    assert "" == read(page).script()


def test_a_snippet_that_the_browser_cannot_run_is_tested_here(page: Path) -> None:
    text = "<!-- not in the browser: no such library -->\n\n```python\nprint(1)\n```\n"
    (report,) = problems(page, text)
    assert "the snippet prints" in report
    assert "no such library" == read(page).snippets[0].not_live_reason


@pytest.mark.parametrize(
    "sound",
    [
        "0.1234567",
        "[[1.5 -2.5]\n [3.25 4.125]]",
        "(1.5, -2.25)",
        "{'loss': 0.333333, 'rate': -1.5}",
        "(1.25-2.5j) [1.5+0.125j 2.25-3.5j]",
        "loss=0.125; accuracy: 97.375%, x≈1.5.",
        "1.25e-20 and -3.5e+10",
        "np.float64(0.125)",
        "[1.5,2.5]",
    ],
)
def test_rounding_noise_does_not_alarm(sound: str) -> None:
    noisy = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]) * (1 + 1e-13):.17g}", sound)
    assert noisy != sound
    assert agree(sound, noisy)


@pytest.mark.parametrize("number", ["1.25", "-1.25", "1.25e-20", "1.25e+20", "(1.25-3.75j)"])
def test_a_wrong_third_digit_alarms_at_every_scale(number: str) -> None:
    assert not agree(number, number.replace("1.25", "1.26"))


def test_a_changed_sign_alarms_even_next_to_zero() -> None:
    assert not agree("1.25e-300", "-1.25e-300")


def test_update_rewrites_what_differs_and_a_second_run_changes_nothing(page: Path) -> None:
    stale = (
        SOUND.replace("slope: [2. 4. 6.]", "slope: old")
        .replace('    ```text title="Output"\n    inside 0.5\n    ```\n\n', "")
        .replace("LinAlgError: Singular matrix", "ValueError: old")
        .replace("tab = square(4)\n", "tab = square(4)\n    # silent\n")
    )
    page.write_text(stale, encoding="utf-8")
    document, run, found = check(page)
    assert found
    assert update_outputs(document, run)
    updated = page.read_text(encoding="utf-8")
    assert updated == SOUND.replace("tab = square(4)\n", "tab = square(4)\n    # silent\n")
    document, run, found = check(page)
    assert [] == found
    assert not update_outputs(document, run)
    assert updated == page.read_text(encoding="utf-8")


def test_update_adds_and_removes_whole_fences(page: Path) -> None:
    text = (
        "```python\nprint(1.5)\nraise ValueError('bad')\n```\n\n"
        '```text title="Error"\nold\n```\n\n'
        "```python\nsilent = 1\n```\n\n"
        '```text title="Output"\nold\n```\n\nEnd.\n'
    )
    page.write_text(text, encoding="utf-8")
    assert update_outputs(*check(page)[:2])
    assert page.read_text(encoding="utf-8") == (
        "```python\nprint(1.5)\nraise ValueError('bad')\n```\n\n"
        '```text title="Output"\n1.5\n```\n\n'
        '```text title="Error"\nValueError: bad\n```\n\n'
        "```python\nsilent = 1\n```\n\nEnd.\n"
    )
    assert [] == check(page)[2]


def test_update_leaves_a_page_that_breaks_the_contract_alone(page: Path) -> None:
    text = SOUND.replace("4. 6.]", "4. 7.]") + "\n```py\n1\n```\n"
    page.write_text(text, encoding="utf-8")
    assert not update_outputs(*check(page)[:2])
    assert text == page.read_text(encoding="utf-8")


def test_settings_of_a_page_do_not_reach_the_next(page: Path) -> None:
    import matplotlib as mpl
    import numpy as np

    settings = dict(mpl.rcParams), np.get_printoptions(), np.geterr(), mpl.get_backend(), Path.cwd()
    text = (
        "```python\nimport os\nimport matplotlib.pyplot as plt\nimport numpy as np\n"
        "np.set_printoptions(precision=2)\nnp.seterr(all='ignore')\n"
        "plt.rcParams['font.size'] = 3\nplt.switch_backend('pdf')\nos.chdir('/')\n"
        "os.environ['LEAK'] = '1'\n```\n"
    )
    assert [] == problems(page, text)
    assert settings == (
        dict(mpl.rcParams), np.get_printoptions(), np.geterr(), mpl.get_backend(), Path.cwd(),
    )  # fmt: skip
    assert [] == problems(page, "```python\nimport os\nassert 'LEAK' not in os.environ\n```\n")
