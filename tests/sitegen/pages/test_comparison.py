"""Outputs and errors that differ from what a page shows are caught, noise is not, and an update rewrites them."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages import comparison
from sitegen.pages.comparison import agree, check, update_outputs

Problems = Callable[[str], list[str]]
ONE_LINE = " ".join(map(str, range(20_000)))
OTHER_LINE = ONE_LINE.replace(" 9871 ", " 9872 ")

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


def test_report_names_what_is_hard_to_see(problems: Problems, sound: str) -> None:
    (report,) = problems(sound.replace("slope: [2. 4. 6.]\nwords", "slope:  [2. 4. 6.] words"))
    assert "the output differs in blanks or line breaks" in report


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
def test_rounding_noise_of_floats_in_full_does_not_alarm(sound: str) -> None:
    noisy = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]) * (1 + 1e-13):.17g}", sound)
    assert noisy != sound
    assert agree(sound, noisy)
    assert agree(noisy, sound)


@pytest.mark.parametrize(
    ("sound", "noisy"),
    [
        ("0.123456", "0.123457"),
        ("[ 1.000001 -2.5     ]", "[ 1.000002 -2.5     ]"),
        ("9.99999e-06 s", "9.99998e-06 s"),
        ("1,234.500 of 100000. and .1234567", "1,234.501 of 100001. and .1234568"),
        ("(1.500001-2.250001j), 97.37501%", "(1.500002-2.250002j), 97.37502%"),
        ("np.float64(0.1250001)", "np.float64(0.1250002)"),
    ],
)
def test_rounding_noise_in_the_last_digits_does_not_alarm(sound: str, noisy: str) -> None:
    assert agree(sound, noisy)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "a  b"),
        ("a b", " a b"),
        ("a\nb", "a b"),
        ("a\nb", "a\n\nb"),
        ("a", "\na"),
        ("a\tb", "a b"),
        ("a\N{NO-BREAK SPACE}b", "a b"),
        ("[ 1.5  2.5]", "[1.5  2.5]"),
        ("[1.5  2.5]", "[1.5 2.5]"),
        ("0.1", "0.10000001"),  # what follows would stand elsewhere
        ("1.5", "1.50"),
        ("1.5 ms", "1.5ms"),
        ("-0.0", "0.0"),
        ("+0.0", "-0.0"),
        ("100000.0", "1e5"),
        ("100000", "100001"),
        ("1.", "1"),
        (".5", "0.5"),
        ("nan", "inf"),
        ("inf", "-inf"),
        ("0.0", "1e-9"),
        ("1.5+2.5j", "1.5-2.5j"),
        ("99.5%", "99.6%"),
        ("1,234.5", "2,234.5"),
        ("2024-01-01", "2024-01-02"),
        ("NumPy 2.1000000", "NumPy 2.2000000"),
        ("version 10000.10000.1", "version 10000.10000.2"),
        ("version 100000.100001.1", "version 100000.100002.1"),
        ("1e-05", "1e-06"),
        ("x1.0000001", "x1.0000002"),
    ],
)
def test_what_looks_different_is_different(one: str, other: str) -> None:
    assert agree(one, one)
    assert not agree(one, other)
    assert not agree(other, one)


@pytest.mark.parametrize("other", ["a  \nb", "a\nb\n\n \n", "a\nb", "a\t\nb\n"])
def test_what_nobody_sees_does_not_count(other: str) -> None:
    assert agree("a\nb\n", other)


@pytest.mark.parametrize(
    ("wanted", "got", "shown"),
    [
        ("\n".join(map(str, range(20_000))), "\n".join(map(str, range(1, 20_001))), "- 0"),
        ("\n".join(map(str, range(20_000))), "\n".join(map(str, range(19_999))), "- 19999"),
        ("1 2\n" * 20_000, "2 1\n" * 20_000, "+ 2 1"),
        (
            ONE_LINE,
            OTHER_LINE,
            f"+ {ONE_LINE.replace(' 9871 ', ' 9872 ')[48200:48300]}",
        ),
    ],
    ids=["shifted", "shorter", "other", "one long line"],
)
def test_a_long_difference_is_reported_in_few_lines(wanted: str, got: str, shown: str) -> None:
    lines = list(comparison._diff(wanted, got))
    assert f"    {shown}" in lines
    assert len(lines) < 70


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


def test_update_refuses_to_overwrite_what_was_saved_meanwhile(page: Path, sound: str) -> None:
    page.write_text(sound.replace("4. 6.]", "4. 7.]"), encoding="utf-8")
    document, run, _ = check(page)
    page.write_text("saved meanwhile", encoding="utf-8")
    with pytest.raises(
        RuntimeError, match="has changed while its snippets ran: nothing is written"
    ):
        update_outputs(document, run)
    assert "saved meanwhile" == page.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_update_writes_through_a_link_and_keeps_line_ends(page: Path, sound: str) -> None:
    stale = sound.replace("4. 6.]", "4. 7.]")
    target = page.with_name("target.md")
    target.write_bytes(stale.replace("\n", "\r\n").encode())
    page.symlink_to(target)
    assert update_outputs(*check(page)[:2])
    assert page.is_symlink()
    assert sound.replace("\n", "\r\n").encode() == target.read_bytes()


@pytest.mark.parametrize(
    "printed",
    [
        "```\nin a fence\n```",
        "````text\n```",
        "`code` and ``more``",
        "~~~",
        "\n\nafter blank lines",
        "    all\n    indented",
        "  less and\n less",
        "a\tb",
        "a\N{LINE SEPARATOR}b",
        "- ```\n> ```",
        "x" * 2000,
    ],
)
@pytest.mark.parametrize("margin", ["", "    "])
def test_one_update_is_enough_whatever_is_printed(page: Path, printed: str, margin: str) -> None:
    snippet = f"{margin}```python\n{margin}print({printed!r})\n{margin}```\n"
    page.write_text(snippet, encoding="utf-8")
    for _ in range(2):
        assert update_outputs(*check(page)[:2])
        document, run, found = check(page)
        assert [] == found
        assert not update_outputs(document, run)
        assert agree(printed, document.snippets[0].promised("output"))
        # The fence that is there now is replaced, not joined by another.
        changed = page.read_text(encoding="utf-8").replace("print(", "print('more', ")
        page.write_text(changed, encoding="utf-8")
        printed = f"more {printed}"


def test_a_longer_fence_gives_way_to_a_shorter_one(page: Path) -> None:
    page.write_text('```python\nprint(1)\n```\n\n````text title="Output"\n```\n````\n', "utf-8")
    assert update_outputs(*check(page)[:2])
    expected = '```python\nprint(1)\n```\n\n```text title="Output"\n1\n```\n'
    assert expected == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("sign", ["\r", "\x1b", "\0"])
def test_a_sign_that_no_page_can_show_is_refused_and_not_written(
    page: Path, problems: Problems, sign: str
) -> None:
    text = f"```python\nprint('a' + {sign!r} + 'b')\n```\n"
    (report,) = problems(text)
    assert f"signs that no page can show: {sign!r}" in report
    assert not update_outputs(*check(page)[:2])
