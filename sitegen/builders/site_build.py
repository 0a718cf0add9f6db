"""The build of the site, as MkDocs steps through it."""

import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_relative_url
from mkdocs.utils.templates import TemplateContext

from sitegen.assets.fonts.letters_in_use import seen_in
from sitegen.assets.fonts.subsetting import subset_fonts
from sitegen.assets.material_script import material_script
from sitegen.assets.minify import minified_script
from sitegen.assets.npm import assets
from sitegen.assets.social_card import card, card_uri
from sitegen.assets.stylesheet import STYLES, merge_style_sheets
from sitegen.builders.linked_file import LinkedFile
from sitegen.builders.page_cache import PageCache, heading, restore
from sitegen.builders.page_metadata import link_notebook, structured_data, words
from sitegen.common.background import in_background
from sitegen.common.cache import environment, prune
from sitegen.common.files import files_in, write_atomically
from sitegen.common.paths import CACHE, PAGES
from sitegen.live.browser_assets import build as build_live
from sitegen.notebooks.addresses import file_of_notebook
from sitegen.notebooks.html import simplify
from sitegen.outputs.feed import atom
from sitegen.outputs.redirects import redirects
from sitegen.rendering.page import finished
from sitegen.runs.plan import Plan, plan
from sitegen.runs.run import Report, carry_out

__all__ = ["SiteBuild", "add_redirects"]

CHANGELOG = Path("CHANGELOG.md")
LOCK = Path("package-lock.json")
PACKAGES = [
    "jinja2",
    "markdown",
    "mkdocs",
    "mkdocs-jupyter",
    "mkdocs-material",
    "pygments",
    "pymdown-extensions",
    "selectolax",
]
INHERIT = re.compile(r"^INHERIT:\s*(?P<path>\S+)", re.MULTILINE)
SCRIPT = re.compile(r"assets/(?:scripts/[^/]+|javascripts/bundle\.\w+\.min)\.js")
SHEET_OF_THEME = re.compile(r"assets/stylesheets/(main|palette)\.\w+\.min\.css")

FIRST, LAST = 100, -100  # among the handlers of an event

log = logging.getLogger("mkdocs.hooks.sitegen")


class SiteBuild:
    """Each method handles the MkDocs event of its name; the state of a build is on ``self``.

    While pages run in the background, MkDocs goes on with the others, and waits in ``on_pre_page``
    where it needs a page that is still running.
    """

    def __init__(self) -> None:
        self.pages = PageCache(CACHE / "kept")
        self.warnings = CountHandler(level=logging.WARNING)
        self.sheets: list[str] = []
        self.scripts: dict[str, Future[str]] = {}
        self.planned: Future[Plan]
        self.running: Future[Report]

    @event_priority(FIRST)  # before plugins set up what they need
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Run the pages that have changed, while MkDocs does what does not need them."""
        self.planned = in_background(partial(plan, Path(config.docs_dir), PAGES))
        self.running = in_background(lambda: carry_out(self.planned.result(), log.info))
        return config

    @event_priority(FIRST)  # mkdocs-jupyter looks for notebooks afterwards
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add what the build makes to the files of the site."""
        try:
            for uri, content in assets():
                files.append(_generated(config, uri, content))
        except FileNotFoundError as error:
            raise PluginError(str(error)) from error
        _add_feed(files, config)
        add_redirects(files, config)
        _add_live(files, config)
        for file in self.planned.result().figures:
            files.append(LinkedFile.at(config, file, PAGES / "site" / file))
        for notebook in self.planned.result().notebooks:
            uri = file_of_notebook(notebook)
            files.append(LinkedFile.at(config, uri, PAGES / "site" / notebook))
            # mkdocs-jupyter needs a file that stands in a folder of pages.
            shown, directories = str((PAGES / "shown").resolve()), config.use_directory_urls
            files.append(File(notebook, shown, config.site_dir, directories))
        self.scripts = {
            uri: in_background(
                partial(self._script, Path(file.abs_src_path or ""), config.theme["features"])
            )
            for uri, file in files.src_uris.items()
            if SCRIPT.fullmatch(uri)
        }
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Find out what all pages have in common, so that unchanged ones need not be rendered."""
        self.warnings.counts.clear()
        if self.warnings not in logging.getLogger("mkdocs").handlers:
            logging.getLogger("mkdocs").addHandler(self.warnings)
        theme = Path(config.theme.custom_dir or "theme")
        contents = [theme / file for file in sorted(files_in(theme))]
        pages = [Path(file.abs_src_path or "") for file in files.documentation_pages()]
        sources = [path for path in [*contents, LOCK, *_settings(config)] if path.is_file()]
        self.pages.begin(
            [
                self.planned.result().environment,
                *environment(sources, PACKAGES),
                str(config.site_url),
                repr([*map(str, config.extra_css), *map(str, config.extra_javascript)]),
                *sorted(file.src_uri + file.dest_uri for file in files),
                # Notebooks have the headings of their pages, and may not be there yet.
                *(heading(path) for path in pages if path.suffix == ".md"),
            ]
        )
        return nav

    @event_priority(FIRST)  # mkdocs-jupyter reads notebooks
    def on_pre_page(self, page: Page, **_: object) -> Page:
        """Wait for a page that is still running, and for its notebook."""
        if page.file.src_uri in self.planned.result().unfinished:
            problems = self.running.result().problems
            # MkDocs names the page at which it stops: let it be one with a problem.
            if page.file.abs_src_path in {problem.path for problem in problems}:
                self._raise_problems()
        return page

    @event_priority(LAST)  # mkdocs-jupyter sets page.render
    def on_page_markdown(self, markdown: str, *, page: Page, files: Files, **_: object) -> str:
        """Take an unchanged page from the cache."""
        uri = page.file.src_uri
        figures = PAGES / "site" / Path(uri).parent
        kept = self.pages.find(uri, Path(page.file.abs_src_path or ""), figures)
        if kept is not None:
            page.meta.update({"template": "kept.html", "search": {"exclude": True}})
            page.render = lambda *_: restore(page, kept, files)  # type: ignore[method-assign]
        return markdown

    @event_priority(LAST)  # after plugins have added their style sheets
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Draw the social cards, now that the pages have their titles and descriptions."""
        self._raise_problems()
        log.info("%d page(s) run, the others have not changed", len(self.running.result().executed))
        self.sheets = [uri for uri in files.src_uris if SHEET_OF_THEME.fullmatch(uri)]
        self.sheets.extend(map(str, config.extra_css))
        config.extra_css.clear()
        config.extra["styles"] = STYLES
        env.trim_blocks = env.lstrip_blocks = True  # template statements leave no blank lines
        compiled = CACHE / "templates"
        compiled.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        for file in files.documentation_pages():
            if file.page is not None:
                drawn = card(*words(file.page, config))
                files.append(LinkedFile.at(config, card_uri(file.src_uri), drawn))
        return env

    def on_page_content(self, html: str, *, page: Page, files: Files, **_: object) -> str:
        """Show the notebook of a page like the rest of the site."""
        is_notebook = link_notebook(page, files)
        return simplify(html) if is_notebook and page.file.src_uri not in self.pages.found else html

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, **_: object
    ) -> TemplateContext:
        """Give the template the structured data of the page."""
        kept = self.pages.found.get(page.file.src_uri)
        if kept is not None:
            _search_entries(config).extend(kept.entries)
            return context | {"kept": kept.html}  # type: ignore[return-value]
        return context | {"shared": structured_data(page, config)}  # type: ignore[return-value]

    @event_priority(LAST)  # when the page is as it will be written
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Finish the page, after the search index has taken the source of its formulas."""
        if page.file.src_uri in self.pages.found:
            return output
        try:
            output = finished(output, lambda path: get_relative_url(path, page.url))
        except ValueError as error:
            raise PluginError(f"{page.file.src_uri}: {error}") from error
        entries = [
            entry
            for entry in _search_entries(config)
            if entry["location"].partition("#")[0] == page.url
        ]
        self.pages.add(page, entries, output)
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Reduce fonts, styles and scripts to what pages use, and keep the pages for the next build."""
        if (
            logging.getLogger("mkdocs").isEnabledFor(logging.WARNING)
            and not self.warnings.get_counts()
        ):
            self.pages.write()
        try:
            reduce_assets(Path(config.site_dir), self.sheets, self.scripts)
        except ValueError as error:
            raise PluginError(str(error)) from error
        prune()

    def _script(self, path: Path, features: list[str]) -> str:
        """Build and minify a script when pages no longer need all processors."""
        self.running.result()
        if path.name.startswith("bundle."):
            return minified_script(material_script(path, features))
        return minified_script(path.read_text(encoding="utf-8"))

    def _raise_problems(self) -> None:
        """Wait until the pages have run, and raise what is wrong with them."""
        if problems := self.running.result().problems:
            raise PluginError("\n\n".join(map(str, problems)))


def reduce_assets(site: Path, sheets: list[str], scripts: Mapping[str, "Future[str]"]) -> None:
    """Replace fonts, style sheets and scripts of a built site by smaller ones with the same effect."""
    seen = seen_in(site)
    for uri, script in scripts.items():
        write_atomically(site / uri, script.result())
    sheet = in_background(partial(merge_style_sheets, site, sheets, seen["words"]))
    subset_fonts(site, seen)
    sheet.result()


def add_redirects(files: Files, config: MkDocsConfig) -> None:
    """Publish a redirect at the old address of each page that has moved."""
    pages = [file.src_uri for file in files.documentation_pages()]
    try:
        moved = redirects(config.extra.get("redirects", {}), pages, config.site_url or "")
    except ValueError as error:
        raise PluginError(str(error)) from error
    for uri, content in moved.items():
        files.append(File.generated(config, uri, content=content))


def _add_feed(files: Files, config: MkDocsConfig) -> None:
    """Publish the feed of changes."""
    try:
        feed = atom(CHANGELOG.read_text(encoding="utf-8"), config.site_url or "")
    except ValueError as error:
        raise PluginError(f"{CHANGELOG}: {error}") from error
    files.append(File.generated(config, "feed.xml", content=feed))


def _add_live(files: Files, config: MkDocsConfig) -> None:
    """Publish what runs snippets in the browser, if the files of Pyodide are available."""
    live = build_live(log=log.info)
    if live is None:
        return
    for uri, source in live.files():
        files.append(LinkedFile.at(config, uri, source))
    script = ExtraScriptValue(f"{live.folder}/live.js")
    script.type = "module"
    config.extra_javascript.append(script)
    config.extra_css.append(f"{live.folder}/snippets.css")


def _settings(config: MkDocsConfig) -> Iterator[Path]:
    """Yield the configuration file, and those that it inherits from."""
    path = Path(config.config_file_path)
    yield path
    while match := INHERIT.search(path.read_text(encoding="utf-8")):
        path = path.parent / match["path"]
        yield path


def _generated(config: MkDocsConfig, uri: str, content: Path | str) -> File:
    if isinstance(content, str):
        return File.generated(config, uri, content=content)
    return File.generated(config, uri, abs_src_path=str(content.resolve()))


def _search_entries(config: MkDocsConfig) -> list[dict[str, str]]:
    """The entries of the index of Material's search, to which each page adds its own."""
    entries: list[dict[str, str]] = config.plugins["material/search"].search_index.entries  # type: ignore[attr-defined]
    return entries
