"""Find the pages that have changed since they last ran."""

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import calcguide
from sitegen.common.cache import digest
from sitegen.common.files import files_in, write_atomically
from sitegen.common.paths import PAGES
from sitegen.notebooks.addresses import file_of_notebook, uri_of_notebook
from sitegen.pages.contract import Page, read

__all__ = ["Plan", "Record", "drawings", "environment", "files", "plan", "remember"]


@dataclass(frozen=True)
class Record:
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
    records: dict[Path, Record] = field(default_factory=dict)
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
                uris |= {record.notebook, file_of_notebook(record.notebook)}
        return uris


def plan(docs: Path, cache: Path = PAGES) -> Plan:
    """Find the pages that have changed; nothing is run or written."""
    found = Plan(docs, cache, digest(environment()))
    there = files_in(cache)
    for path in sorted(docs.rglob("*.md")):
        text = digest([found.environment, path.read_text(encoding="utf-8")])
        found.records[path] = before = _recorded(cache, docs, path)
        if before.text == text and there.issuperset(files(before)):
            continue
        page = found.changed[path] = read(path)
        promises = digest([found.environment, *_promises(page)])
        uri = path.relative_to(docs).as_posix()
        notebook = uri_of_notebook(uri) if page.snippets else None
        found.records[path] = now = Record(text, promises, _figurefiles(page, docs), notebook)
        is_current = before.promises == promises and there.issuperset(drawings(now))
        if page.snippets and not page.problems and not is_current:
            found.stale.append(page)
    return found


def drawings(record: Record) -> list[str]:
    """What ``write_drawings`` in ``run.py`` writes, as paths in the cache."""
    shown = [f"site/{file}" for file in record.figures]
    return shown + [f"drawn/{file}" for file in record.figures[::2]]


def _figurefiles(page: Page, docs: Path) -> list[str]:
    """The files of a page's figures in the site, the light one before the dark one of each."""
    folder = page.path.relative_to(docs).parent / "figures"
    return [
        (folder / f"{figure.name}{suffix}.svg").as_posix()
        for snippet in page.snippets
        for figure in snippet.figures
        for suffix in ("", "-dark")
    ]


def files(record: Record) -> list[str]:
    """All that a page has in the cache."""
    notebook = record.notebook
    derived = [] if notebook is None else [f"site/{notebook}", f"shown/{notebook}"]
    return drawings(record) + derived


def _recorded(cache: Path, docs: Path, path: Path) -> Record:
    """What is known of a page: nothing, if it has never been in order."""
    try:
        return Record(**json.loads(_record_file(cache, docs, path).read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):  # none, or one of another version
        return Record()


def remember(cache: Path, docs: Path, path: Path, record: Record) -> None:
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
