"""Drawings are found by their run, and files count as made while they are as they were written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.runs.results import Results

FILES = {"site/figures/a.svg": "<svg>λ</svg>\n", "shown/a.ipynb": "{}"}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path)


@pytest.mark.parametrize("drawings", [[], ["<svg>λ</svg>"], ["<svg/>", "", "<svg/>"]])
def test_drawings_are_found_by_their_run(
    results: Results, tmp_path: Path, drawings: list[str]
) -> None:
    assert results.drawings("run") is None
    results.keep("run", drawings)
    assert drawings == results.drawings("run")
    assert drawings == Results(tmp_path).drawings("run"), "by the next build too"
    assert results.drawings("another run") is None


def test_figures_in_words_are_found_by_their_run(results: Results, tmp_path: Path) -> None:
    in_words = [{"size": "1 by 2", "axes 1, title": "λ"}, {}]
    assert results.in_words("run") is None
    results.keep("run", ["<svg/>", "<svg/>"], in_words)
    assert in_words == Results(tmp_path).in_words("run")
    assert results.in_words("another run") is None


def test_files_are_written_below_the_folder_and_found_under_their_key(
    results: Results, tmp_path: Path
) -> None:
    assert not results.are_there("key", FILES)
    results.write("key", FILES)
    assert FILES == {name: (tmp_path / name).read_bytes().decode() for name in FILES}
    assert results.are_there("key", FILES)
    assert Results(tmp_path).are_there("key", FILES)
    assert results.are_there("key", ["shown/a.ipynb"])
    assert not results.are_there("another key", FILES)


def test_a_file_that_was_not_written_under_the_key_is_not_there(
    results: Results, tmp_path: Path
) -> None:
    results.write("key", FILES)
    (tmp_path / "shown/b.ipynb").write_text("{}", encoding="utf-8")
    assert not results.are_there("key", [*FILES, "shown/b.ipynb"])
    assert not results.are_there("key", [*FILES, "shown/missing.ipynb"])


def test_no_files_are_there_only_after_they_have_been_written(results: Results) -> None:
    assert not results.are_there("key", [])
    results.write("key", {})
    assert results.are_there("key", [])


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
    ],
    ids=["lost", "empty", "truncated", "altered"],
)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_not_there_until_it_is_written_again(
    results: Results, tmp_path: Path, name: str, damage: Callable[[Path], object]
) -> None:
    results.write("key", FILES)
    damage(tmp_path / name)
    assert not results.are_there("key", FILES)
    assert results.are_there("key", FILES.keys() - {name})
    results.write("key", FILES)
    assert results.are_there("key", FILES)


def test_a_file_written_under_another_key_makes_the_first_stale(results: Results) -> None:
    results.write("key", FILES)
    results.write("newer", FILES | {"shown/a.ipynb": "[]"})
    assert results.are_there("newer", FILES)
    assert not results.are_there("key", FILES)
    assert results.are_there("key", ["site/figures/a.svg"]), "this one is the same"
