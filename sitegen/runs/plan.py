"""Find the pages that have changed since they last ran."""

import ast
import json
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path

from sitegen.common.cache import Cache, digest
from sitegen.common.import_graph import imports
from sitegen.common.paths import PAGES
from sitegen.live.wheel import wheel
from sitegen.notebooks.addresses import uri_of_notebook
from sitegen.pages import contract
from sitegen.pages.contract import Page, Problem, read
from sitegen.pages.sources import page_files, page_text
from sitegen.runs.environment import Environment
from sitegen.runs.results import Results

__all__ = ["Plan", "Task", "plan"]

# With these begins what of our engine makes drawings, and what derives files from them.
RUNS = ["sitegen.runs.page_process"]
DERIVES = ["sitegen.figures.palettes", "sitegen.figures.svg", "sitegen.notebooks.cells"]


@dataclass(frozen=True)
class Content:
    """What a build has to know of a page's text; ``promises`` is a hash of what it runs and promises."""

    runs: bool
    promises: str
    imports: list[str]
    figures: list[str]


@dataclass
class Task:
    """A page, with the keys and the files of what is made for it."""

    path: Path
    uri: str  # below the folder of all pages
    run: str
    derived: str
    figures: list[str]  # where the site has them, the light one before the dark one of each
    notebook: str | None  # where it is shown
    page: Page | None = None  # parsed, where something has changed
    ended: "Future[list[Problem]]" = field(default_factory=Future)  # with what is wrong

    @property
    def figure_files(self) -> list[str]:
        """The figures as paths in the folder of results."""
        return [f"site/{file}" for file in self.figures]

    @property
    def notebook_files(self) -> list[str]:
        """The notebook as a file to be opened, and the one that the site shows."""
        return [] if self.notebook is None else [f"site/{self.notebook}", f"shown/{self.notebook}"]


@dataclass
class Plan:
    """What a build has to do: the pages with anything missing or wrong, and those of them that must run."""

    docs: Path
    results: Results
    tasks: list[Task] = field(default_factory=list)
    changed: list[Task] = field(default_factory=list)
    stale: list[Task] = field(default_factory=list)

    @property
    def figures(self) -> list[str]:
        """Where the site has figures when the plan has been carried out."""
        return [file for task in self.tasks for file in task.figures]

    @property
    def notebooks(self) -> list[str]:
        """Where it shows notebooks."""
        return [task.notebook for task in self.tasks if task.notebook is not None]

    @cached_property
    def awaited(self) -> dict[str, Task]:
        """Each page that has changed, and its notebook: not to be read before the task has ended."""
        uris = {task.uri: task for task in self.changed}
        return uris | {task.notebook: task for task in self.changed if task.notebook is not None}


def plan(docs: Path, cache: Path = PAGES) -> Plan:
    """Find the pages that have changed; nothing is run, and nothing derived."""
    found = Plan(docs, Results(cache))
    contents = Cache("contents", sources=[Path(__file__), Path(contract.__file__)], within=cache)
    environment = Environment()
    derivation = [*environment.of(DERIVES), wheel().sha256]  # which notebooks install
    for path in sorted(page_files(docs), key=partial(_place, docs)):
        text, uri = page_text(path), path.relative_to(docs).as_posix()
        content, page = _content(contents, path, text)
        run = digest([*environment.of([*RUNS, *content.imports]), uri, content.promises])
        derived = digest([*derivation, run, text])
        notebook = uri_of_notebook(uri) if content.runs else None
        task = Task(path, uri, run, derived, _figures(uri, content), notebook, page)
        found.tasks.append(task)
        is_wrong = page is not None and bool(page.problems)
        if not is_wrong and (not content.runs or _is_done(task, found.results)):
            continue
        task.page = read(path) if page is None else page
        found.changed.append(task)
        if not is_wrong and found.results.drawings(run) is None:
            found.stale.append(task)
    return found


def _place(docs: Path, path: Path) -> list[tuple[bool, bool, str]]:
    """Sort pages as builders read them: an index first, and the files of a folder before its folders."""
    *folders, name = path.relative_to(docs).parts
    return [*((True, True, folder) for folder in folders), (False, name != "index.md", name)]


def _content(contents: Cache, path: Path, text: str) -> tuple[Content, Page | None]:
    """What is in a page, which is parsed if its text is new or something is wrong with it."""
    found = contents.find([text])
    if found is not None:
        return Content(**json.loads(found)), None
    page = read(path)
    figures = [figure.name for snippet in page.snippets for figure in snippet.figures]
    content = Content(bool(page.snippets), digest(_promises(page)), sorted(_imports(page)), figures)
    if not page.problems:
        contents.write([text], json.dumps(asdict(content)).encode())
    return content, page


def _is_done(task: Task, results: Results) -> bool:
    return results.are_there(task.run, task.figure_files) and (
        task.notebook is None or results.are_there(task.derived, task.notebook_files)
    )


def _figures(uri: str, content: Content) -> list[str]:
    """Where the site has the figures of a page, the light one before the dark one of each."""
    folder = Path(uri).parent / "figures"
    return [
        (folder / f"{name}{suffix}.svg").as_posix()
        for name in content.figures
        for suffix in ("", "-dark")
    ]


def _promises(page: Page) -> Iterable[str]:
    """All of a page that its run depends on, or is compared with."""
    for snippet in page.snippets:
        yield snippet.source
        yield snippet.promised("output")
        yield snippet.promised("error")
        yield str(snippet.skip_reason)
        yield str(snippet.not_live_reason)
        yield from (figure.name for figure in snippet.figures)


def _imports(page: Page) -> set[str]:
    """The names that the snippets of a page import."""
    names = set()
    for snippet in page.snippets:
        try:
            names |= {target for _, target in imports([ast.parse(snippet.source)])}
        except SyntaxError:  # a page may show one, which imports nothing
            continue
    return names
