"""Run the pages that have changed; keep figures and notebooks in a folder that any builder can use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.common.files import files_in
from sitegen.common.paths import PAGES
from sitegen.figures.palettes import with_palette
from sitegen.figures.svg import rounded
from sitegen.live.wheel import wheel
from sitegen.notebooks.cells import to_open, to_show
from sitegen.pages.contract import Problem
from sitegen.runs.plan import Plan, Task, plan
from sitegen.runs.results import Results
from sitegen.runs.workers import Step, run_pages

__all__ = ["Report", "build", "carry_out"]


@dataclass
class Report:
    """What a build did: the pages it ran, and what is wrong with pages."""

    executed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def build(docs: Path, cache: Path = PAGES, log: Callable[[str], object] = print) -> Report:
    """Bring figures and notebooks of all pages under ``docs`` up to date in ``cache / "site"``.

    A page is run when its snippets, what they promise, a module that it imports, the part of this engine
    that runs pages or a library has changed since it last ran without a problem; prose may change freely.
    The notebook of a page is derived again when any of this, or its prose, has changed. Nothing is parsed
    of a page that is as it was.
    """
    return carry_out(plan(docs, cache), log)


def carry_out(
    plan: Plan, log: Callable[[str], object] = print, step: Step = lambda _: None
) -> Report:
    """Run the pages that have to be run, draw their figures and derive their notebooks.

    Each task ends as soon as nothing more is done for it; none is left without an end, even if ``step``
    raises, which gets the pages that run several times a second.
    """
    report = Report()
    try:
        stale = {task.path: task for task in plan.stale}
        for task in plan.changed:
            if task.path not in stale:
                _end(task, plan.results, [] if task.page is None else task.page.problems, report)
        pages = [task.page for task in plan.stale if task.page is not None]
        for number, done in enumerate(run_pages(pages, step), start=1):
            task = stale[done.path]
            log(f"page {number} of {len(stale)}: {task.uri} ran in {done.seconds:.1f} s")
            report.executed.append(task.uri)
            if not done.problems:
                # It need not run again, even if this build is interrupted.
                plan.results.keep(task.run, done.run.drawings, done.run.records)
            _end(task, plan.results, done.problems, report)
    except BaseException as error:
        for task in plan.changed:
            if not task.ended.done():
                task.ended.set_exception(error)
        raise
    _sweep(plan, {problem.path for problem in report.problems})
    return report


def _end(task: Task, results: Results, problems: list[Problem], report: Report) -> None:
    report.problems += problems
    if not problems:
        _derive(task, results)
    task.ended.set_result(problems)


def _sweep(plan: Plan, failed: set[str]) -> None:
    """Remove figures and notebooks that no page has any more, or that its page would show wrongly."""
    wanted = {
        file
        for task in plan.tasks
        for file in (*task.figure_files, *([] if str(task.path) in failed else task.notebook_files))
    }
    for file in files_in(plan.results.folder):
        if file.startswith(("site/", "shown/")) and file not in wanted:
            (plan.results.folder / file).unlink()


def _derive(task: Task, results: Results) -> None:
    """Write the figures of a page in both palettes, and its notebook, which has them with all digits."""
    drawings = results.drawings(task.run)
    if drawings is None or task.page is None:
        raise RuntimeError(f"{task.path} has not run")
    lights, darks = task.figure_files[::2], task.figure_files[1::2]
    if not results.are_there(task.run, task.figure_files):
        small = [rounded(svg) for svg in drawings]
        shown = {file: with_palette(svg, "light") for file, svg in zip(lights, small, strict=True)}
        shown |= {file: with_palette(svg, "dark") for file, svg in zip(darks, small, strict=True)}
        results.write(task.run, shown)
    if task.notebook is not None:
        named = zip(lights, drawings, strict=True)
        full = {Path(file).stem: with_palette(svg, "light") for file, svg in named}
        package = wheel()
        made = [derive(task.page, task.uri, full, package) for derive in (to_open, to_show)]
        results.write(task.derived, dict(zip(task.notebook_files, made, strict=True)))
