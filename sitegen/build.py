"""Run the pages that have changed; keep figures and notebooks in a folder that any builder can use."""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import calcguide
from sitegen import figures, notebooks
from sitegen.files import write_atomically
from sitegen.incremental import digest
from sitegen.pages import Page, Problem, read
from sitegen.processes import run_pages
from sitegen.slimming import rounded

__all__ = ["CACHE", "Report", "build", "environment"]

CACHE = Path(".cache/pages")


@dataclass
class Report:
    """What a build did: the pages it ran, what is wrong with them, all figures and all notebooks."""

    executed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notebooks: list[str] = field(default_factory=list)
    environment: str = ""


@dataclass(frozen=True)
class _Record:
    """A page that is in order: digests of its text and of what it runs and promises, and its files."""

    text: str = ""
    promises: str = ""
    figures: list[str] = field(default_factory=list)
    notebook: str | None = None


def build(docs: Path, cache: Path = CACHE, log: Callable[[str], object] = print) -> Report:
    """Bring figures and notebooks of all pages under ``docs`` up to date in ``cache / "site"``.

    A page is run when its snippets, what they promise, the package, this engine or a library has
    changed since it last ran without a problem; prose may change freely. The notebook of a page is
    derived again when any of this, or its prose, has changed. Nothing is parsed of a page that is as
    it was.
    """
    report = Report(environment=digest(environment()))
    records: dict[Path, _Record] = {}
    changed: dict[Path, Page] = {}
    stale = []
    for path in sorted(docs.rglob("*.md")):
        text = digest([report.environment, path.read_text(encoding="utf-8")])
        records[path] = before = _recorded(cache, docs, path)
        if before.text == text and _drawn(cache, before) and _derived(cache, before):
            continue
        page = changed[path] = read(path)
        promises = digest([report.environment, *_promises(page)])
        uri = path.relative_to(docs).as_posix()
        notebook = notebooks.uri_of_notebook(uri) if page.snippets else None
        records[path] = now = _Record(text, promises, _figure_files(page, docs), notebook)
        report.problems += page.problems
        is_current = before.promises == promises and _drawn(cache, now)
        if page.snippets and not page.problems and not is_current:
            stale.append(page)
    for number, done in enumerate(run_pages(stale), start=1):
        name = done.path.relative_to(docs).as_posix()
        log(f"page {number} of {len(stale)}: {name} ran in {done.seconds:.1f} s")
        report.executed.append(name)
        report.problems += done.problems
        if not done.problems:
            _write(cache, records[done.path].figures, done.drawings)
            # It need not run again, even if this build is interrupted.
            _remember(cache, docs, done.path, replace(records[done.path], text=""))
    failed = {problem.path for problem in report.problems}
    for path, page in changed.items():
        if str(path) not in failed:
            _derive(page, docs, cache, records[path])
            _remember(cache, docs, path, records[path])
    for path, record in records.items():
        report.files += record.figures
        if record.notebook is not None and str(path) not in failed:
            report.notebooks.append(record.notebook)
    site = cache / "site"
    _remove_others(site, {site / file for file in [*report.files, *report.notebooks]})
    _remove_others(cache / "drawn", {cache / "drawn" / file for file in report.files[::2]})
    _remove_others(cache / "shown", {cache / "shown" / file for file in report.notebooks})
    return report


def _write(cache: Path, files: list[str], drawings: list[str]) -> None:
    """Write each drawing for the site in both palettes, and for the notebook with all its digits."""
    for light, dark, svg in zip(files[::2], files[1::2], drawings, strict=True):
        small = rounded(svg)
        write_atomically(cache / "site" / light, figures.with_palette(small, "light"))
        write_atomically(cache / "site" / dark, figures.with_palette(small, "dark"))
        write_atomically(cache / "drawn" / light, figures.with_palette(svg, "light"))


def _drawn(cache: Path, record: _Record) -> bool:
    """Whether all that ``_write`` writes is there."""
    drawn = [cache / "drawn" / file for file in record.figures[::2]]
    return all(
        file.is_file() for file in [cache / "site" / file for file in record.figures] + drawn
    )


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


def _derived(cache: Path, record: _Record) -> bool:
    """Whether all that ``_derive`` writes is there."""
    notebook = record.notebook
    return notebook is None or all((cache / at / notebook).is_file() for at in ("site", "shown"))


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


def _remove_others(site: Path, wanted: set[Path]) -> None:
    for file in site.rglob("*"):
        if file.is_file() and file not in wanted:
            file.unlink()


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
