"""Outputs and errors that differ from what a page shows are caught, noise is not, and an update rewrites them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages.comparison import agree, check, update_outputs

Problems = Callable[[str], list[str]]

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
    "exception not raised": ("np.zeros((2, 2))", "np.eye(2)", 63, "raises nothing"),
    "exception of another type": ("LinAlgError: S", "ValueError: S", 63, "differs"),
    "exception with another message": ("Singular matrix", "singular array", 63, "differs"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_is_caught_at_its_line(assert_caught: Callable[..., None], name: str) -> None:
    assert_caught(*DEFECTS[name])


def test_a_sound_page_has_no_problem(problems: Problems, sound: str) -> None:
    assert [] == problems(sound)


def test_two_outputs_swapped_are_caught(problems: Problems, sound: str) -> None:
    swapped = sound.replace("1.4e-20", "?").replace("\n16\n", "\n1.4e-20\n").replace("?", "16")
    assert 2 == len(problems(swapped))


def test_report_shows_the_difference_and_what_to_do(problems: Problems, sound: str) -> None:
    (report,) = problems(sound.replace("4. 6.]", "4. 7.]"))
    assert "- slope: [2. 4. 7.]" in report
    assert "+ slope: [2. 4. 6.]" in report
    assert "update-outputs" in report


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


def test_update_rewrites_what_differs_and_a_second_run_changes_nothing(
    page: Path, sound: str
) -> None:
    stale = (
        sound.replace("slope: [2. 4. 6.]", "slope: old")
        .replace('    ```text title="Output"\n    inside 0.5\n    ```\n\n', "")
        .replace("LinAlgError: Singular matrix", "ValueError: old")
        .replace("tab = square(4)\n", "tab = square(4)\n    # silent\n")
    )
    page.write_text(stale, encoding="utf-8")
    document, run, found = check(page)
    assert found
    assert update_outputs(document, run)
    updated = page.read_text(encoding="utf-8")
    assert updated == sound.replace("tab = square(4)\n", "tab = square(4)\n    # silent\n")
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


def test_update_leaves_a_page_that_breaks_the_contract_alone(page: Path, sound: str) -> None:
    text = sound.replace("4. 6.]", "4. 7.]") + "\n```py\n1\n```\n"
    page.write_text(text, encoding="utf-8")
    assert not update_outputs(*check(page)[:2])
    assert text == page.read_text(encoding="utf-8")
