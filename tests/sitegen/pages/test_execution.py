"""What a snippet does wrong when it runs is reported at its line, and a page leaves nothing behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

Problems = Callable[[str], list[str]]

BUG = "assert square(2) == 5"

# What is replaced, by what, the line at which it is reported, and words of the report.
DEFECTS = {
    "import lost": ("import numpy as np\n", "", 6, "NameError"),
    "function gone": ("def square(x):\n    return x**2\n", "", 22, "NameError"),
    "syntax error": ("def square(x):", "def square(x)", 10, "SyntaxError"),
    "name used from another page": ("2 * x)", "2 * elsewhere)", 14, "NameError"),
    "division by zero warned of": ("2 * x)", "2 * x / 0)", 14, "RuntimeWarning"),
    "exit": ("tab = square(4)", "raise SystemExit(0)", 51, "no fence can promise that"),
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
    "figure in black": ("square(x))\nplt", 'square(x), "k")\nplt', 31, "a line in #000000"),
    "figure that cannot be drawn": (
        "plt.show()",
        'plt.title("$\\\\frac$")\nplt.show()',
        31,
        "cannot be drawn",
    ),
    "error without its fence": (
        '\n```text title="Error"\nLinAlgError: Singular matrix\n```\n',
        "",
        56,
        "LinAlgError",
    ),
    "bug inside an admonition": ('print("inside", 0.5)', BUG, 41, "AssertionError"),
    "interrupt": ("tab = square(4)", "raise KeyboardInterrupt", 51, "KeyboardInterrupt"),
    "text written as an error": (
        "tab = square(4)",
        "import sys; tab = 16; print('Beware', file=sys.stderr)",
        50,
        "Beware",
    ),
    "output that never seems to end": (
        "print(tab)",
        "print('long' * 10_000)",
        54,
        "40001 characters",
    ),
    "bug inside a tab": ("tab = square(4)", BUG, 51, "AssertionError"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught_at_its_line(assert_caught: Callable[..., None], name: str) -> None:
    assert_caught(*DEFECTS[name])


def test_fences_reordered_are_caught(problems: Problems, sound: str) -> None:
    first, second = sound.index("```python"), sound.index("```python\nprint(square")
    reordered = sound[:first] + sound[second:] + sound[first:second]
    assert any("NameError" in report for report in problems(reordered))


def test_only_the_first_failing_snippet_is_reported(problems: Problems, sound: str) -> None:
    (report,) = problems(sound.replace("import numpy as np\n", ""))
    assert "NameError: name 'np' is not defined" in report


IN_ORDER = {
    "names are found in the module": """\
from __future__ import annotations
import dataclasses, inspect, pickle, sys, typing


@dataclasses.dataclass
class Point:
    size: typing.ClassVar[int] = 2
    x: float = 1.5


assert ["x"] == [field.name for field in dataclasses.fields(Point)]
assert Point() == pickle.loads(pickle.dumps(Point()))
assert {"size": typing.ClassVar[int], "x": float} == typing.get_type_hints(Point)
assert sys.modules["__main__"].Point is Point
assert ("__main__", False) == (__name__, "__file__" in globals())
```

```python
def later(x: Later): ...
assert {"x": "Later"} == later.__annotations__
assert "def later(x: Later): ...\\n" == inspect.getsource(later)
""",
    "a stream that was kept prints below": """\
import logging, sys
out, handler = sys.stdout, logging.StreamHandler(sys.stdout)
```

```python
out.write("one ")
handler.emit(logging.makeLogRecord({"msg": "two"}))
```

```text title="Output"
one two
""",
    "output need not end with a line": """\
print(1, end="")
```

```text title="Output"
1
""",
}


@pytest.mark.parametrize("name", IN_ORDER)
def test_a_page_runs_as_a_script_does(problems: Problems, name: str) -> None:
    assert [] == problems(f"```python\n{IN_ORDER[name]}```\n")


def test_what_was_written_as_an_error_is_reported_with_the_failure(problems: Problems) -> None:
    (report,) = problems("```python\nimport sys\nsys.stderr.write('Why\\n')\n1 / 0\n```\n")
    assert "fails at `1 / 0`\nWhy\nZeroDivisionError" in report


def test_settings_of_a_page_do_not_reach_the_next(problems: Problems) -> None:
    import matplotlib as mpl
    import numpy as np

    settings = dict(mpl.rcParams), np.get_printoptions(), np.geterr(), mpl.get_backend(), Path.cwd()
    text = (
        "```python\nimport os\nimport matplotlib.pyplot as plt\nimport numpy as np\n"
        "np.set_printoptions(precision=2)\nnp.seterr(all='ignore')\n"
        "plt.rcParams['font.size'] = 3\nplt.switch_backend('pdf')\nos.chdir('/')\n"
        "os.environ['LEAK'] = '1'\n```\n"
    )
    assert [] == problems(text)
    assert settings == (
        dict(mpl.rcParams), np.get_printoptions(), np.geterr(), mpl.get_backend(), Path.cwd(),
    )  # fmt: skip
    assert [] == problems("```python\nimport os\nassert 'LEAK' not in os.environ\n```\n")


def test_a_warning_is_a_problem_once_and_ends_nothing(problems: Problems) -> None:
    text = (
        "```python\nimport warnings\n\n\ndef f():\n    warnings.warn('too bad')\n\n\n"
        "for _ in range(3):\n    f()\nprint('after it')\n```\n\n"
        '```text title="Output"\nafter it\n```\n'
    )
    (report,) = problems(text)
    assert ":6: the snippet warns at `warnings.warn('too bad')`\nUserWarning: too bad" in report


def test_a_warning_cannot_be_promised_as_an_error(problems: Problems) -> None:
    fence = '\n```text title="Error"\nUserWarning: too bad\n```\n'
    found = problems(f"```python\nimport warnings\nwarnings.warn('too bad')\n```\n{fence}")
    assert any("the snippet warns" in report for report in found)
    assert any("the snippet raises nothing" in report for report in found)
    # A reader gets these two.
    assert [] == problems(f"```python\nraise UserWarning('too bad')\n```\n{fence}")
    made = "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('too bad')"
    assert [] == problems(f"```python\n{made}\n```\n{fence}")


def test_an_error_without_a_message_is_promised_by_its_name(problems: Problems) -> None:
    fence = '\n```text title="Error"\nValueError\n```\n'
    assert [] == problems(f"```python\nraise ValueError\n```\n{fence}")
