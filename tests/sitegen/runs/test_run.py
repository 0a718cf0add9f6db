"""Pages are reported while they are wrong, and their drawings reach the site."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.figures.palettes import PALETTES, with_palette
from sitegen.figures.svg import rounded
from sitegen.runs.plan import plan
from sitegen.runs.run import carry_out


def test_a_page_with_a_wrong_output_is_reported_at_every_build(
    run: Any, change: Callable[..., None]
) -> None:
    change("first", "\n1.5\n", "\n1.6\n")
    for _ in range(2):
        report = run()
        assert ["first.md"] == [Path(problem.path).name for problem in report.problems]
        assert "first.md" in " ".join(report.executed)


def test_figures_are_the_same_bytes_each_time_and_differ_by_palette(
    run: Any, tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        assert 2 == len(run(folder).executed)
    light = (tmp_path / "one/site/tutorials/figures/first.svg").read_bytes()
    dark = (tmp_path / "one/site/tutorials/figures/first-dark.svg").read_bytes()
    assert light == (tmp_path / "two/site/tutorials/figures/first.svg").read_bytes()
    assert light != dark
    for palette, content in (("light", light), ("dark", dark)):
        text = content.decode()
        assert not any(marker in text for marker in PALETTES[palette])
        assert PALETTES[palette][next(iter(PALETTES[palette]))] in text


def test_the_site_gets_drawings_with_fewer_digits_than_were_drawn(
    run: Any, docs: Path, tmp_path: Path
) -> None:
    run()
    found = plan(docs, tmp_path / "cache")
    (task,) = (task for task in found.tasks if task.uri == "tutorials/first.md")
    (drawn,) = found.results.drawings(task.run) or []
    shown = (tmp_path / "cache/site/tutorials/figures/first.svg").read_text(encoding="utf-8")
    assert with_palette(rounded(drawn), "light") == shown
    assert len(shown) < len(drawn)


def test_a_build_that_is_ended_leaves_no_page_awaited(docs: Path, tmp_path: Path) -> None:
    def end(running: list[Path]) -> None:
        assert set(running) <= {docs / "tutorials/first.md", docs / "tutorials/second.md"}
        raise KeyboardInterrupt

    found = plan(docs, tmp_path / "cache")
    with pytest.raises(KeyboardInterrupt):
        carry_out(found, lambda message: None, end)
    assert 2 == len(found.changed)
    assert all(isinstance(task.ended.exception(), KeyboardInterrupt) for task in found.changed)
