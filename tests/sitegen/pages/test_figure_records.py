"""A figure that shows something else than the file beside its page says is reported, and an update rewrites the file."""

from pathlib import Path

import pytest

from sitegen.pages.comparison import check
from sitegen.pages.contract import Problem
from sitegen.pages.figure_records import compare_figures, update_figures

TEXT = """\
```python
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 1, 11)
plt.plot(x, 100 * x, label="share")
plt.ylabel("percent")
plt.legend()
plt.show()
```

![A line from 0 to 100](figures/rates.svg)
"""


def compared(page: Path, text: str) -> list[Problem]:
    page.write_text(text, encoding="utf-8")
    document, run, problems = check(page)
    assert [] == problems
    return compare_figures(document, run.records)


def update(page: Path, text: str) -> bool:
    page.write_text(text, encoding="utf-8")
    document, run, _ = check(page)
    return update_figures(document, run.records)


def test_an_update_writes_down_what_figures_show_once(page: Path) -> None:
    file = page.with_name("page.figures.txt")
    (missing,) = compared(page, TEXT)
    assert f"{page}:12: nothing says yet what figure rates.svg shows" in str(missing)
    assert str(file) in str(missing)
    assert update(page, TEXT)
    assert "[rates]\nsize: 5.80 by 3.70 inches\n" in file.read_text(encoding="utf-8")
    assert not update(page, TEXT)
    assert [] == compared(page, TEXT)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("100 * x", "100 + x", "axes 1, y axis was linear from -5.0000 to 105.00, percent, is linear"),
        ("100 * x", "100 * x**2", "axes 1, line 1, y was"),
        ("100 * x", "100 * np.where(x == x[3], x + 0.05, x)", "axes 1, line 1, y was"),
        ('"percent"', '"per cent"', "percent, is linear from -5.0000 to 105.00, per cent"),
        ("plt.legend()", "", "axes 1, legend is gone; it was share"),
        ('"share"', '"shares"', "axes 1, legend was share, is shares"),
        ("plt.plot(x,", 'plt.plot(x, 50 * x, ":")\nplt.plot(x,', "axes 1, line 2 is new: C1 -"),
        ("0, 1, 11", "0, 1, 12", "axes 1, line 1 was C0 -, 11 points, is C0 -, 12 points"),
    ],
)  # fmt: skip
def test_what_a_mutation_changes_is_said(page: Path, old: str, new: str, words: str) -> None:
    assert 1 == TEXT.count(old)
    update(page, TEXT)
    (problem,) = compared(page, TEXT.replace(old, new))
    assert f"{words}" in problem.message
    assert "figure rates.svg shows something else now" in problem.message
    assert "`make update-outputs`" in problem.message


def test_a_figure_that_is_gone_is_reported_and_its_file_goes_too(page: Path) -> None:
    update(page, TEXT)
    (problem,) = compared(page, "No figures here.\n")
    assert "the page has no such figure any more: rates" in problem.message
    assert update(page, "No figures here.\n")
    assert not page.with_name("page.figures.txt").exists()


def test_invisible_noise_is_no_difference(page: Path) -> None:
    update(page, TEXT)
    assert [] == compared(page, TEXT.replace("100 * x", "100 * x + 1e-9 * np.sin(99 * x)"))
