"""Each page keeps its promises: its snippets run, and print, raise and draw what it shows."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from sitegen.figures.record import Record
from sitegen.pages.comparison import agree, update_outputs
from sitegen.pages.contract import read
from sitegen.pages.figure_records import compare_figures, update_figures
from sitegen.pages.sources import page_files
from sitegen.runs.limit import page_seconds
from sitegen.runs.plan import plan
from sitegen.runs.workers import run_pages, warm_up


def advice(path: Path) -> str:
    """What to do next, for someone who has not done it before."""
    return (
        f"\n\nThis page alone is tested by: .venv/bin/pytest -k {path.stem}"
        "\nWhat a page promises, and how, is told in CONTRIBUTING.md under 'The contract'."
    )


@pytest.fixture(scope="session")
def kept() -> dict[Path, list[Record]]:
    """Return the figures of the pages that a build has run as they are now, with the same code and libraries."""
    try:
        found = plan(Path("docs"))
    except PackageNotFoundError:  # without what builds the site
        return {}
    if len(found.stale) > 1:
        warm_up()
    changed = {task.path for task in found.changed}
    records = {task.path: found.results.in_words(task.run) for task in found.tasks}
    return {path: of for path, of in records.items() if of is not None and path not in changed}


def test_page(
    page_path: Path, kept: dict[Path, list[Record]], request: pytest.FixtureRequest
) -> None:
    updates = request.config.getoption("--update-outputs")
    page, problems = read(page_path), []
    if page_path in kept and not updates:
        records = kept[page_path]
    else:
        (done,) = run_pages([page])
        if updates and update_outputs(page, done.run):
            page = read(page_path)
            (done,) = run_pages([page])
        records, problems = done.run.records, done.problems
    if updates and not problems:
        update_figures(page, records)
    problems = problems or compare_figures(page, records)
    if problems:
        pytest.fail("\n\n".join(map(str, problems)) + advice(page_path), pytrace=False)


def without_blank_lines(text: str) -> str:
    """What is left to compare where the ends of outputs, with blank lines or without, are in the middle."""
    return "\n".join(line for line in text.split("\n") if line.strip())


def test_page_runs_as_a_plain_script(page_path: Path, tmp_path: Path) -> None:
    """A reader who copies all snippets of a page into a file gets the page's outputs."""
    page = read(page_path)
    script = tmp_path / "copied.py"
    script.write_text(page.script(), encoding="utf-8")
    wanted = "".join(
        snippet.promised("output") for snippet in page.snippets if snippet.error is None
    )
    copied = f"{page_path}: all its snippets, copied into one file and run by a plain Python,"
    try:
        plain = subprocess.run(
            # -u: text of other processes comes in its place, as in a terminal
            [sys.executable, "-I", "-u", "-W", "ignore:.*non-interactive:UserWarning",
             "-W", "ignore:Creating legend", script.name],
            cwd=tmp_path,
            env={**os.environ, "MPLBACKEND": "agg", "PYTHONUTF8": "1"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
            timeout=page_seconds(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        pytest.fail(
            f"{copied} have not ended after {late.timeout:g} s{advice(page_path)}", pytrace=False
        )
    if plain.returncode:
        pytest.fail(f"{copied} fail:\n{plain.stderr}{advice(page_path)}", pytrace=False)
    if not agree(without_blank_lines(wanted), without_blank_lines(plain.stdout)):
        pytest.fail(
            f"{copied} print something else than on the page; does a snippet need what only the "
            f"tests give?\nOn the page:\n{wanted}\nIn the file:\n{plain.stdout}{advice(page_path)}",
            pytrace=False,
        )
    if plain.stderr:
        pytest.fail(f"{copied} warn:\n{plain.stderr}{advice(page_path)}", pytrace=False)


WRONG = {
    "wrong": '# Wrong\n\n```python\nprint(1.5)\n```\n\n```text title="Output"\n1.6\n```\n',
    "exit": "```python\nimport os\n```\n\n```python\nos._exit(0)\n```\n",
    "endless": "```python\nwhile True:\n    pass\n```\n",
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a folder with wrong pages, and what their tests say."""
    folder = tmp_path_factory.mktemp("pages")
    for name, text in WRONG.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    file = "tests/pages/test_pages.py"
    failed = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--pages", str(folder),
         f"{file}::test_page", f"{file}::test_page_runs_as_a_plain_script"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "CALCGUIDE_PAGE_SECONDS": "5"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert 1 == failed.returncode
    return folder, failed.stdout


def test_a_failing_page_says_where_what_and_what_to_do(failures: tuple[Path, str]) -> None:
    folder, said = failures
    for words in (
        f"{folder}/wrong.md:7: the output differs from what the page shows",
        "On the page (-) and now (+):\n    - 1.6",
        "+ 1.5",
        "`make update-outputs`",
        ".venv/bin/pytest -k wrong",
    ):
        assert words in said
    assert "Traceback" not in said


def test_a_page_that_ends_its_process_fails_by_name(failures: tuple[Path, str]) -> None:
    folder, said = failures
    assert f"{folder}/exit.md:6: the process of the page ended before the page" in said


def test_a_page_that_never_ends_fails_by_name(failures: tuple[Path, str]) -> None:
    folder, said = failures
    assert f"{folder}/endless.md:2: the page has not ended after 5 s, at `while True:`" in said
    assert f"{folder}/endless.md: all its snippets, copied" in said
    assert "have not ended after 5 s" in said


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


def test_any_changed_character_of_an_output_is_seen(page_path: Path) -> None:
    """Blanks and line breaks too; of a number with a point, the first five significant digits count."""
    unseen = [
        f"{page_path}:{snippet.line}: {line!r} may be {changed!r}"
        for snippet in read(page_path).snippets
        for kind in ("output", "error")
        for line in snippet.promised(kind).splitlines()
        for changed in changes(line)
        if agree(line, changed)
    ]
    if unseen:
        pytest.fail(
            "A change would not be noticed in these outputs; print them otherwise, for example numbers "
            f"with fewer digits:\n{chr(10).join(unseen)}{advice(page_path)}",
            pytrace=False,
        )


def changes(line: str) -> Iterator[str]:
    """Yield a line with one character deleted, inserted or replaced, at each place where that is to be seen."""
    line = line.rstrip()
    tolerated = {
        i
        for number in re.finditer(r"\d+\.\d*|\.\d+|\d+(?=e[+-]?\d)", line)
        for i in range(*number.span())
        if len(line[number.start() : i + 1].replace(".", "").lstrip("0")) > 5 and line[i] != "."
    }
    for i, character in enumerate(line):
        before, after = line[:i], line[i + 1 :]
        yield f"{before} {line[i:]}"
        yield f"{before}\n{line[i:]}"
        if i not in tolerated:
            yield before + after
            other = (
                str((int(character) + 1) % 10) if character.isdecimal() else "?!"[character == "?"]
            )
            yield before + other + after


@pytest.mark.parametrize(
    ("line", "changed"),
    [("a 1.5", "a1.5"), ("a 1.5", "a  1.5"), ("12.3456", "12.3466"), ("x", "?"), ("ab", "a\nb")],
)
def test_changes_have_every_kind(line: str, changed: str) -> None:
    assert changed in set(changes(line))
