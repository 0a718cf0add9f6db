"""Each page keeps its promises: its snippets run, and print, raise and draw what it shows."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from sitegen.pages.comparison import agree, check, update_outputs
from sitegen.pages.contract import read
from sitegen.pages.sources import page_files
from sitegen.runs.plan import plan


def advice(path: Path) -> str:
    """What to do next, for someone who has not done it before."""
    return (
        f"\n\nThis page alone is tested by: .venv/bin/pytest -k {path.stem}"
        "\nWhat a page promises, and how, is told in CONTRIBUTING.md under 'The contract'."
    )


@pytest.fixture(scope="session")
def in_order() -> set[Path]:
    """Return the pages that a build has run as they are now, with the same code and libraries."""
    found = plan(Path("docs"))
    return {task.path for task in found.tasks} - {task.path for task in found.changed}


def test_page(page_path: Path, in_order: set[Path], request: pytest.FixtureRequest) -> None:
    updates = request.config.getoption("--update-outputs")
    if page_path in in_order and not updates:
        return
    page, run, problems = check(page_path)
    if updates and update_outputs(page, run):
        page, run, problems = check(page_path)
    if problems:
        pytest.fail("\n\n".join(map(str, problems)) + advice(page_path), pytrace=False)


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
    copied = f"{page_path}: all its snippets, copied into one file and run by a plain Python,"
    if plain.returncode:
        pytest.fail(f"{copied} fail:\n{plain.stderr}{advice(page_path)}", pytrace=False)
    if not agree(wanted, plain.stdout):
        pytest.fail(
            f"{copied} print something else than on the page; does a snippet need what only the "
            f"tests give?\nOn the page:\n{wanted}\nIn the file:\n{plain.stdout}{advice(page_path)}",
            pytrace=False,
        )
    if plain.stderr:
        pytest.fail(f"{copied} warn:\n{plain.stderr}{advice(page_path)}", pytrace=False)


def test_a_failing_page_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    page.write_text(
        '# Wrong\n\n```python\nprint(1.5)\n```\n\n```text title="Output"\n1.6\n```\n', "utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--pages", str(page)]
    failed = subprocess.run(
        [*command, "tests/pages/test_pages.py::test_page"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for words in (
        f"{page}:7: the output differs from what the page shows",
        "On the page (-) and now (+):\n    - 1.6",
        "+ 1.5",
        "`make update-outputs`",
        ".venv/bin/pytest -k wrong",
    ):
        assert words in failed.stdout
    assert "Traceback" not in failed.stdout


def test_figure_names_are_unique(pytestconfig: pytest.Config) -> None:
    """Figures are told apart by name alone, whichever page draws them."""
    names = Counter(
        figure.name
        for path in page_files(Path("docs"))
        for snippet in read(path).snippets
        for figure in snippet.figures
    )
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, f"drawn more than once, so give one of them another name: {twice}"


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
                unseen.append(f"{page_path}:{snippet.line}: {number[0]}")
    if unseen:
        pytest.fail(
            "A wrong third digit would not be noticed in these numbers; print them otherwise, "
            f"for example rounded to four digits:\n{chr(10).join(unseen)}{advice(page_path)}",
            pytrace=False,
        )
