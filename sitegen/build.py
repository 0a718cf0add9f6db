"""Run the pages that have changed; keep figures and notebooks in a folder that any builder can use."""

import hashlib
import multiprocessing
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import calcguide
from sitegen import figures, notebooks
from sitegen.files import write_atomically
from sitegen.incremental import digest
from sitegen.pages import Page, Problem, read
from sitegen.slimming import rounded

__all__ = ["CACHE", "Report", "build", "environment", "start"]

CACHE = Path(".cache/pages")
SLOW = ["numpy.random", "scipy.optimize", "sklearn.linear_model"]


@dataclass
class Report:
    """What a build did: the pages it ran, what is wrong with them, all figures and all notebooks."""

    executed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    notebooks: list[str] = field(default_factory=list)


def build(docs: Path, cache: Path = CACHE, log: Callable[[str], object] = print) -> Report:
    """Bring figures and notebooks of all pages under ``docs`` up to date in ``cache / "site"``.

    A page is run when its snippets, what they promise, the package, this engine or a library has
    changed since it last ran without a problem; prose may change freely. The notebook of a page is
    derived again when any of this, or its prose, has changed.
    """
    pages = {path: read(path) for path in sorted(docs.rglob("*.md"))}
    report = Report(problems=[problem for page in pages.values() for problem in page.problems])
    site = cache / "site"
    common = digest(environment())
    stale, keys = [], {}
    for path, page in pages.items():
        files = _figure_files(page, docs)
        report.files += files
        keys[path] = digest([common, *_promises(page)])
        wanted = [
            *(site / file for file in files),
            *(cache / "drawn" / file for file in files[::2]),
        ]
        drawn = all(file.is_file() for file in wanted)
        if page.snippets and not (drawn and _recorded(_record(cache, docs, path)) == keys[path]):
            stale.append(page)
    for number, done in enumerate(_run_all(stale), start=1):
        name = done.path.relative_to(docs).as_posix()
        log(f"page {number} of {len(stale)}: {name} ran in {done.seconds:.1f} s")
        report.executed.append(name)
        report.problems += done.problems
        if not done.problems:
            _write(cache, _figure_files(pages[done.path], docs), done.drawings)
            record = _record(cache, docs, done.path)
            write_atomically(record, keys[done.path])
    failed = {problem.path for problem in report.problems}
    for path, page in pages.items():
        if str(path) not in failed and (notebook := _notebook(page, docs, cache, keys[path])):
            report.notebooks.append(notebook)
    _remove_others(site, {site / file for file in [*report.files, *report.notebooks]})
    _remove_others(cache / "drawn", {cache / "drawn" / file for file in report.files[::2]})
    _remove_others(cache / "shown", {cache / "shown" / file for file in report.notebooks})
    return report


def start(docs: Path, cache: Path, log: Callable[[str], object]) -> "Future[Report]":
    """Build in a thread, for which nobody waits who is interrupted or fails before."""
    report: Future[Report] = Future()

    def work() -> None:
        try:
            report.set_result(build(docs, cache, log))
        except Exception as error:  # it is raised where the report is wanted
            report.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return report


@dataclass(frozen=True)
class _Finished:
    """What comes back from the process that ran a page."""

    path: Path
    drawings: list[str]
    problems: list[Problem]
    seconds: float


def _run_all(pages: list[Page]) -> Iterable[_Finished]:
    """Run each page in a process of its own, as many at once as there are processors."""
    if not pages:
        return
    # A server that forks clean children is safe beside the threads of the caller.
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload([__name__, "sitegen.checking", *_imported(pages)])
    with context.Pool(min(os.cpu_count() or 1, len(pages)), maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_work, [page.path for page in pages])


def _imported(pages: list[Page]) -> list[str]:
    """The slow modules that these pages import: the server imports them once for all."""
    sources = "\n".join(snippet.source for page in pages for snippet in page.snippets)
    return [name for name in SLOW if name.partition(".")[0] in sources]


def _work(path: Path) -> _Finished:
    # Matplotlib is for the processes that run pages; a build that runs none starts without it.
    from sitegen.checking import check

    start = time.perf_counter()
    _, run, problems = check(path)
    drawings = [svg for outcome in run.outcomes for svg in outcome.figures]
    return _Finished(path, drawings, problems, time.perf_counter() - start)


def _write(cache: Path, files: list[str], drawings: list[str]) -> None:
    """Write each drawing for the site in both palettes, and for the notebook with all its digits."""
    for light, dark, svg in zip(files[::2], files[1::2], drawings, strict=True):
        small = rounded(svg)
        write_atomically(cache / "site" / light, figures.with_palette(small, "light"))
        write_atomically(cache / "site" / dark, figures.with_palette(small, "dark"))
        write_atomically(cache / "drawn" / light, figures.with_palette(svg, "light"))


def _figure_files(page: Page, docs: Path) -> list[str]:
    """The files of a page's figures in the site, the light one before the dark one of each."""
    folder = page.path.relative_to(docs).parent / "figures"
    return [
        (folder / f"{figure.name}{suffix}.svg").as_posix()
        for snippet in page.snippets
        for figure in snippet.figures
        for suffix in ("", "-dark")
    ]


def _notebook(page: Page, docs: Path, cache: Path, key: str) -> str | None:
    """Derive the notebook of a page that has one, if page or figures have changed since."""
    uri = page.path.relative_to(docs).as_posix()
    notebook = notebooks.uri_of_notebook(uri) if page.snippets else None
    if notebook is None:
        return None
    record, key = _record(cache, docs, page.path, ".notebook"), digest([key, page.text])
    derivations = {
        cache / "site" / notebook: notebooks.to_open,
        cache / "shown" / notebook: notebooks.to_show,
    }
    if _recorded(record) != key or not all(file.is_file() for file in derivations):
        light = (cache / "drawn" / file for file in _figure_files(page, docs)[::2])
        drawings = {file.stem: file.read_text(encoding="utf-8") for file in light}
        for file, derive in derivations.items():
            write_atomically(file, derive(page, uri, drawings))
        write_atomically(record, key)
    return notebook


def _record(cache: Path, docs: Path, path: Path, what: str = ".key") -> Path:
    """The file that holds the key under which a page last ran without a problem, or was derived."""
    return cache / "runs" / path.relative_to(docs).with_suffix(what)


def _recorded(record: Path) -> str | None:
    return record.read_text(encoding="utf-8") if record.is_file() else None


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
