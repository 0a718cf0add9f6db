"""Each page keeps its promises: its snippets run, and print, raise and draw what it shows."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sitegen.checking import agree, check, update_outputs
from sitegen.pages import read


def test_page(page_path: Path, request: pytest.FixtureRequest) -> None:
    page, run, problems = check(page_path)
    if request.config.getoption("--update-outputs") and update_outputs(page, run):
        page, run, problems = check(page_path)
    if problems:
        pytest.fail("\n\n".join(map(str, problems)), pytrace=False)


def test_page_runs_as_a_plain_script(page_path: Path, tmp_path: Path) -> None:
    """A reader who copies all snippets of a page into a file gets the page's outputs."""
    page = read(page_path)
    script = tmp_path / "copied.py"
    script.write_text(page.script(), encoding="utf-8")
    wanted = "".join(
        snippet.promised("output") for snippet in page.snippets if snippet.error is None
    )
    plain = subprocess.run(
        [
            sys.executable,
            "-I",
            "-W",
            "ignore:.*non-interactive:UserWarning",
            "-W",
            "ignore:Creating legend",
            script.name,
        ],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == plain.returncode, plain.stderr
    assert agree(wanted, plain.stdout), f"wanted:\n{wanted}\ngot:\n{plain.stdout}"
    assert "" == plain.stderr


def test_figure_names_are_unique(pytestconfig: pytest.Config) -> None:
    """Figures are told apart by name alone, whichever page draws them."""
    names = Counter(
        figure.name
        for path in sorted(Path("docs").rglob("*.md"))
        for snippet in read(path).snippets
        for figure in snippet.figures
    )
    assert [] == [name for name, count in names.items() if count > 1]


def test_any_changed_digit_of_an_output_is_seen(page_path: Path) -> None:
    """The third digit of every printed number matters, or the last of a shorter one."""
    unseen = []
    for snippet in read(page_path).snippets:
        output = snippet.promised("output")
        for number in re.finditer(r"\d[\d_,]*\.?\d*", output):
            places = [i for i, char in enumerate(number[0]) if char.isdigit()]
            significant = [i for i in places if number[0][: i + 1].strip("0.,_")] or places
            place = number.start() + significant[:3][-1]
            digit = str((int(output[place]) + 5) % 10)
            if agree(output, output[:place] + digit + output[place + 1 :]):
                unseen.append((snippet.line, number[0]))
    assert [] == unseen
