"""Run the pages that have changed; keep figures and notebooks in a folder that any builder can use."""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import calcguide
from sitegen import figures, notebooks
from sitegen.files import files_in, write_atomically
from sitegen.incremental import digest
from sitegen.pages import Page, Problem, read
from sitegen.processes import run_pages
from sitegen.slimming import rounded

__all__ = ["CACHE", "Plan", "Report", "build", "carry_out", "environment", "plan"]

CACHE = Path(".cache/pages")


@dataclass
class Report:
    """What a build did: the pages it ran, and what is wrong with pages."""

    executed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Record:
    """A page that is in order: digests of its text and of what it runs and promises, and its files."""

    text: str = ""
    promises: str = ""
    figures: list[str] = field(default_factory=list)
    notebook: str | None = None


@dataclass
class Plan:
    """What a build has to do, and the figures and notebooks that there are when it has been done."""

    docs: Path
    cache: Path
    environment: str
    records: dict[Path, _Record] = field(default_factory=dict)
    changed: dict[Path, Page] = field(default_factory=dict)
    stale: list[Page] = field(default_factory=list)

    @property
    def figures(self) -> list[str]:
        """The files of all figures, the light one before the dark one of each."""
        return [file for record in self.records.values() for file in record.figures]

    @property
    def notebooks(self) -> list[str]:
        """Where all notebooks are shown."""
        return [record.notebook for record in self.records.values() if record.notebook is not None]

    @cached_property
    def unfinished(self) -> set[str]:
        """The pages that have changed, with their figures and notebooks: not to be read yet."""
        uris = {path.relative_to(self.docs).as_posix() for path in self.changed}
        for record in map(self.records.__getitem__, self.changed):
            uris.update(record.figures)
            if record.notebook is not None:
                uris |= {record.notebook, notebooks.file_of_notebook(record.notebook)}
        return uris


def build(docs: Path, cache: Path = CACHE, log: Callable[[str], object] = print) -> Report:
    """Bring figures and notebooks of all pages under ``docs`` up to date in ``cache / "site"``.

    A page is run when its snippets, what they promise, the package, this engine or a library has
    changed since it last ran without a problem; prose may change freely. The notebook of a page is
    derived again when any of this, or its prose, has changed. Nothing is parsed of a page that is as
    it was.
    """
    return carry_out(plan(docs, cache), log)


def plan(docs: Path, cache: Path = CACHE) -> Plan:
    """Find the pages that have changed; nothing is run or written."""
    found = Plan(docs, cache, digest(environment()))
    there = files_in(cache)
    for path in sorted(docs.rglob("*.md")):
        text = digest([found.environment, path.read_text(encoding="utf-8")])
        found.records[path] = before = _recorded(cache, docs, path)
        if before.text == text and there.issuperset(_files(before)):
            continue
        page = found.changed[path] = read(path)
        promises = digest([found.environment, *_promises(page)])
        uri = path.relative_to(docs).as_posix()
        notebook = notebooks.uri_of_notebook(uri) if page.snippets else None
        found.records[path] = now = _Record(text, promises, _figure_files(page, docs), notebook)
        is_current = before.promises == promises and there.issuperset(_drawings(now))
        if page.snippets and not page.problems and not is_current:
            found.stale.append(page)
    return found


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
            _remember(cache, docs, done.path, replace(records[done.path], text=""))
    failed = {problem.path for problem in report.problems}
    for path, page in plan.changed.items():
        if str(path) not in failed:
            _derive(page, docs, cache, records[path])
            _remember(cache, docs, path, records[path])
    wanted = {
        file
        for path, record in records.items()
        for file in (_drawings if str(path) in failed else _files)(record)
    }
    for file in files_in(cache) - wanted:
        if file.startswith(("site/", "drawn/", "shown/")):
            (cache / file).unlink()
    return report


def _write(cache: Path, files: list[str], drawings: list[str]) -> None:
    """Write each drawing for the site in both palettes, and for the notebook with all its digits."""
    for light, dark, svg in zip(files[::2], files[1::2], drawings, strict=True):
        small = rounded(svg)
        write_atomically(cache / "site" / light, figures.with_palette(small, "light"))
        write_atomically(cache / "site" / dark, figures.with_palette(small, "dark"))
        write_atomically(cache / "drawn" / light, figures.with_palette(svg, "light"))


def _drawings(record: _Record) -> list[str]:
    """What ``_write`` writes, as paths in the cache."""
    shown = [f"site/{file}" for file in record.figures]
    return shown + [f"drawn/{file}" for file in record.figures[::2]]


def _figure_files(page: Page, docs: Path) -> list[str]:
    """The files of a page's figures in the site, the light one before the dark one of each."""
    folder = page.path.relative_to(docs).parent / "figures"
    return [
        (folder / f"{figure.name}{suffix}.svg").as_posix()
        for snippet in page.snippets
        for figure in snippet.figures
        for suffix in ("", "-dark")
    ]


def _derive(page: Page, docs: Path, cache: Path, record: _Record) -> None:
    """Derive the notebook of a page that has one."""
    if record.notebook is None:
        return
    light = (cache / "drawn" / file for file in record.figures[::2])
    drawings = {file.stem: file.read_text(encoding="utf-8") for file in light}
    uri = page.path.relative_to(docs).as_posix()
    for folder, derive in (("site", notebooks.to_open), ("shown", notebooks.to_show)):
        write_atomically(cache / folder / record.notebook, derive(page, uri, drawings))


def _files(record: _Record) -> list[str]:
    """All that a page has in the cache."""
    notebook = record.notebook
    derived = [] if notebook is None else [f"site/{notebook}", f"shown/{notebook}"]
    return _drawings(record) + derived


def _recorded(cache: Path, docs: Path, path: Path) -> _Record:
    """What is known of a page: nothing, if it has never been in order."""
    try:
        return _Record(**json.loads(_record_file(cache, docs, path).read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):  # none, or one of another version
        return _Record()


def _remember(cache: Path, docs: Path, path: Path, record: _Record) -> None:
    write_atomically(_record_file(cache, docs, path), json.dumps(asdict(record)))


def _record_file(cache: Path, docs: Path, path: Path) -> Path:
    return cache / "runs" / path.relative_to(docs).with_suffix(".json")


def _promises(page: Page) -> Iterable[str]:
    """All of a page that its run depends on, or is compared with."""
    for snippet in page.snippets:
        yield snippet.source
        yield snippet.promised("output")
        yield snippet.promised("error")
        yield str(snippet.skip_reason)
        yield str(snippet.not_live_reason)
        yield from (figure.name for figure in snippet.figures)


def environment() -> Iterable[str]:
    """All that a run depends on besides the page."""
    yield platform.python_version()
    for library in ("numpy", "scipy", "matplotlib", "scikit-learn", "statsmodels", "autograd"):
        yield version(library)
    for folder in (Path(calcguide.__file__).parent, Path(__file__).parent):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield str(file.relative_to(folder))
                yield hashlib.sha256(file.read_bytes()).hexdigest()
