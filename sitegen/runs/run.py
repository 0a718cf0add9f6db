"""Run the pages that have changed; keep figures and notebooks in a folder that any builder can use."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sitegen.common.files import files_in, write_atomically
from sitegen.common.paths import PAGES
from sitegen.figures.palettes import with_palette
from sitegen.figures.svg import rounded
from sitegen.notebooks.cells import to_open, to_show
from sitegen.pages.contract import Page, Problem
from sitegen.runs.plan import Plan, Record, drawings, files, plan, remember
from sitegen.runs.workers import run_pages

__all__ = ["Report", "build", "carry_out"]


@dataclass
class Report:
    """What a build did: the pages it ran, and what is wrong with pages."""

    executed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def build(docs: Path, cache: Path = PAGES, log: Callable[[str], object] = print) -> Report:
    """Bring figures and notebooks of all pages under ``docs`` up to date in ``cache / "site"``.

    A page is run when its snippets, what they promise, the package, this engine or a library has
    changed since it last ran without a problem; prose may change freely. The notebook of a page is
    derived again when any of this, or its prose, has changed. Nothing is parsed of a page that is as
    it was.
    """
    return carry_out(plan(docs, cache), log)


def carry_out(plan: Plan, log: Callable[[str], object] = print) -> Report:
    """Run the pages that have to be run, draw their figures and derive their notebooks."""
    docs, cache, records = plan.docs, plan.cache, plan.records
    report = Report(
        problems=[problem for page in plan.changed.values() for problem in page.problems]
    )
    for number, done in enumerate(run_pages(plan.stale), start=1):
        name = done.path.relative_to(docs).as_posix()
        log(f"page {number} of {len(plan.stale)}: {name} ran in {done.seconds:.1f} s")
        report.executed.append(name)
        report.problems += done.problems
        if not done.problems:
            _write(cache, records[done.path].figures, done.drawings)
            # It need not run again, even if this build is interrupted.
            remember(cache, docs, done.path, replace(records[done.path], text=""))
    failed = {problem.path for problem in report.problems}
    for path, page in plan.changed.items():
        if str(path) not in failed:
            _derive(page, docs, cache, records[path])
            remember(cache, docs, path, records[path])
    wanted = {
        file
        for path, record in records.items()
        for file in (drawings if str(path) in failed else files)(record)
    }
    for file in files_in(cache) - wanted:
        if file.startswith(("site/", "drawn/", "shown/")):
            (cache / file).unlink()
    return report


def _write(cache: Path, names: list[str], drawn: list[str]) -> None:
    """Write each drawing for the site in both palettes, and for the notebook with all its digits."""
    for light, dark, svg in zip(names[::2], names[1::2], drawn, strict=True):
        small = rounded(svg)
        write_atomically(cache / "site" / light, with_palette(small, "light"))
        write_atomically(cache / "site" / dark, with_palette(small, "dark"))
        write_atomically(cache / "drawn" / light, with_palette(svg, "light"))


def _derive(page: Page, docs: Path, cache: Path, record: Record) -> None:
    """Derive the notebook of a page that has one."""
    if record.notebook is None:
        return
    light = (cache / "drawn" / file for file in record.figures[::2])
    drawings = {file.stem: file.read_text(encoding="utf-8") for file in light}
    uri = page.path.relative_to(docs).as_posix()
    for folder, derive in (("site", to_open), ("shown", to_show)):
        write_atomically(cache / folder / record.notebook, derive(page, uri, drawings))
