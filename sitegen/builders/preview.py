"""While the site is served: show a changed page at once, and the rest when the whole site is built again.

MkDocs builds the whole site before it reloads the browser. Here the pages that have changed are rendered
first, with the figures that they had and with what the last build knows of all other pages. Then they run,
and are shown again if a figure has changed. The complete build follows; it ends early when a file changes
meanwhile. It builds into a folder of its own, so that what is served is never half a site.
"""

import filecmp
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer, _timestamp

from sitegen.builders.kept_pages.page_cache import stands_alone
from sitegen.builders.site_build import Build, SiteBuild
from sitegen.common.files import files_in
from sitegen.common.paths import CACHE, PAGES
from sitegen.runs.plan import plan
from sitegen.runs.run import carry_out
from sitegen.runs.workers import warm_up

__all__ = ["Preview", "publish"]

# What a complete build changes besides a page itself, and the reader of that page does not see.
UNSEEN = (
    "404.html",
    "assets/cards/",
    "errata.json",
    "llms",
    "notebooks/",
    "search/",
    "sitemap.xml",
)
MARKDOWN = ".md"

log = logging.getLogger("mkdocs.hooks.sitegen")

Stamp = tuple[int, int]  # when a file was written, and its size


class _InterruptedBuild(BaseException):
    """Ends a build without a word in the log: MkDocs reports each Exception."""


class Preview:
    """Serves what the last build has made, and takes the place of the builder of MkDocs' server."""

    def __init__(
        self, site: SiteBuild, server: LiveReloadServer, build: Callable[[], None], built: Path
    ) -> None:
        self.site, self.server, self.build, self.built = site, server, build, built
        (CACHE / "served").mkdir(parents=True, exist_ok=True)
        self.served = Path(tempfile.mkdtemp(dir=CACHE / "served"))
        publish(built, self.served)
        self.shown = self.now = self._sources()
        self.complete = True
        warm_up()
        server.root, server.builder = str(self.served.resolve()), self.rebuild

    def close(self) -> None:
        """Remove what was served."""
        shutil.rmtree(self.served, ignore_errors=True)

    def rebuild(self) -> None:
        """Bring what is served up to date; the server reloads browsers afterwards."""
        sources = self._sources()
        changed = _differing(sources, self.shown)
        if (
            self.complete and not changed
        ):  # a file was written as it was, or one that does not count
            self.server._wanted_epoch = self.server._visible_epoch
            return
        self.complete, self.now = False, sources
        self.site.step = self._step
        try:
            shown = self._show(changed)
            self.shown = sources
            self.build()
        except _InterruptedBuild:
            log.info("Another change: building again")
            self.server._wanted_epoch = self.server._visible_epoch
            return
        finally:
            self.site.step = lambda _: None
        self.complete = True
        others = publish(self.built, self.served)
        if shown and not all(uri.startswith(UNSEEN) or uri.endswith(MARKDOWN) for uri in others):
            self.server._wanted_epoch = _timestamp()

    def _step(self, running: list[Path]) -> None:
        """End what is out of date: a build while no page runs, and runs of pages that have changed.

        If only other pages have changed, runs go on to their end: their results are kept as they come.
        """
        if not self.server._want_rebuild:
            return
        if running:
            changed = _differing(self._sources(), self.now)
            is_outdated = any(path in running or path.suffix != ".md" for path in changed)
        else:
            is_outdated = self.site.now.running.done()
        if is_outdated:
            raise _InterruptedBuild

    def _show(self, changed: Iterable[Path]) -> bool:
        """Show changed pages, if no other file has changed and each can be rendered by itself."""
        build = self.site.done
        if build is None or build.files is None:
            return False
        docs = Path(build.config.docs_dir)
        uris = [
            path.relative_to(docs).as_posix() if path.is_relative_to(docs) else ""
            for path in changed
        ]
        if not uris or not all(
            uri in build.files.src_uris and (docs / uri).is_file() and stands_alone(docs / uri)
            for uri in uris
        ):
            return False
        self.site.now = build
        found = plan(docs, PAGES)
        found.changed = [task for task in found.changed if task.uri in uris]
        found.stale = [task for task in found.stale if task.uri in uris]
        figures = [file for task in found.tasks if task.uri in uris for file in task.figures]
        is_sound = not any(task.page and task.page.problems for task in found.changed)
        is_shown = is_sound and all((PAGES / "site" / file).exists() for file in figures)
        if is_shown:
            self._reload(build, uris)
        if problems := carry_out(found, log.info, self._step).problems:
            raise Abort("\n\n".join(map(str, problems)))
        new = [file for file in figures if not _same(PAGES / "site" / file, self.served / file)]
        for file in new:
            _replace(PAGES / "site" / file, self.served / file)
        if new or not is_shown:
            self._reload(build, uris)
        return True

    def _reload(self, build: Build, uris: list[str]) -> None:
        """Render pages by themselves, and let browsers reload them."""
        for uri in uris:
            rendered, uri_of_html = _render(build, uri)
            _replace(rendered, self.served / uri_of_html)
        with self.server._epoch_cond:
            log.info("Reloading browsers: %s", ", ".join(uris))
            self.server._wanted_epoch = self.server._visible_epoch = _timestamp()
            self.server._epoch_cond.notify_all()

    def _sources(self) -> dict[Path, Stamp]:
        """When each file that the server watches was written, and its size."""
        stamps = {}
        for watched in map(Path, self.server._watched_paths):
            paths = map(watched.joinpath, files_in(watched)) if watched.is_dir() else [watched]
            for path in paths:
                if "__pycache__" not in path.parts and path.exists():
                    stat = path.stat()
                    stamps[path] = stat.st_mtime_ns, stat.st_size
        return stamps


def _differing(one: dict[Path, Stamp], other: dict[Path, Stamp]) -> set[Path]:
    return {path for path, _ in one.items() ^ other.items()}


def _render(build: Build, uri: str) -> tuple[Path, str]:
    """Render one page as MkDocs does, with all other pages as they were; return its file, and where it goes."""
    if build.files is None or build.nav is None or build.env is None:
        raise RuntimeError("the build has not come to its end")
    file = build.files.src_uris[uri]
    if file.page is None:
        raise RuntimeError(f"{uri} is no page")
    build.pages.found.pop(uri, None)
    vars(file.page).pop("render", None)  # it was taken from the cache before
    Path(file.abs_dest_path).unlink(
        missing_ok=True
    )  # MkDocs would write into the file that is served
    _populate_page(file.page, build.config, build.files)
    _build_page(file.page, build.config, build.files.documentation_pages(), build.nav, build.env)
    return Path(file.abs_dest_path), file.dest_uri


def publish(built: Path, served: Path) -> list[str]:
    """Make one folder as another is, file by file; return the files that were not."""
    new, old = files_in(built), files_in(served)
    changed = [file for file in new if not _same(built / file, served / file)]
    for file in changed:
        _replace(built / file, served / file)
    for file in old - new:
        (served / file).unlink()
    return [*changed, *(old - new)]


def _same(one: Path, other: Path) -> bool:
    if not other.exists():
        return False
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)


def _replace(source: Path, target: Path) -> None:
    """Put a file into the place of another, which may just be read; link it if both are on one disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    try:
        os.link(source, new)
    except OSError:
        shutil.copyfile(source, new)
    new.replace(target)
