"""The build of the site, as MkDocs steps through it."""

import logging
import re
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_relative_url
from mkdocs.utils.templates import TemplateContext

from sitegen.assets.fonts.letters_in_use import seen_in
from sitegen.assets.fonts.subsetting import subset_fonts
from sitegen.assets.material_script import material_script
from sitegen.assets.minify import minified_script
from sitegen.assets.social_card import card, card_uri
from sitegen.assets.stylesheet import STYLES, merge_style_sheets
from sitegen.builders.compiled_templates import CompiledTemplates
from sitegen.builders.kept_pages.page_cache import PageCache, restore
from sitegen.builders.kept_pages.page_inputs import page_inputs
from sitegen.builders.kept_pages.references import references_of, register
from sitegen.builders.linked_file import LinkedFile
from sitegen.builders.page_metadata import (
    citation,
    escape_page,
    escape_site,
    link_notebook,
    site_words,
    structured_data,
    words,
)
from sitegen.builders.site_files import add_files, add_live
from sitegen.common.background import in_background
from sitegen.common.cache import prune
from sitegen.common.files import write_atomically
from sitegen.common.paths import PAGES
from sitegen.live.browser_assets import Live
from sitegen.live.browser_assets import build as build_live
from sitegen.notebooks.html import simplify
from sitegen.outputs.reuse.citations import Work, read_work
from sitegen.outputs.reuse.files import publish
from sitegen.rendering.page import finished
from sitegen.rendering.text.formula_text import formulas_as_text
from sitegen.runs.environment import Environment
from sitegen.runs.plan import Plan, Task, plan
from sitegen.runs.run import Report, carry_out
from sitegen.runs.workers import Step

__all__ = ["Build", "SiteBuild"]

SCRIPT = re.compile(r"assets/(?:scripts/[^/]+|javascripts/bundle\.\w+\.min)\.js")
SHEET_OF_THEME = re.compile(r"assets/stylesheets/(main|palette)\.\w+\.min\.css")

FIRST, LAST = 100, -100  # among the handlers of an event

log = logging.getLogger("mkdocs.hooks.sitegen")


@dataclass
class Build:
    """The state of one build: each event adds what the later ones need."""

    config: MkDocsConfig
    planned: Future[Plan]
    running: Future[Report]
    live: Future[Live | None]
    scripts: Mapping[str, Future[str]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    pages: PageCache = field(default_factory=lambda: PageCache("", ""))
    nav: Navigation | None = None
    work: Work | None = None
    env: jinja2.Environment | None = None
    files: Files | None = None


class SiteBuild:
    """Each method handles the MkDocs event of its name; they come in the order in which they stand here.

    While pages run in the background, MkDocs goes on with the others, and waits in ``on_pre_page``
    where it needs a page that is still running. ``step`` is called with no page before each piece of
    work, and with the pages that run while there are any; it may end the build by raising.
    """

    def __init__(self) -> None:
        self.warnings = CountHandler(level=logging.WARNING)
        self.step: Step = lambda _: None
        self.now: Build
        self.done: Build | None = None  # the last one that came to its end

    @event_priority(FIRST)  # before plugins set up what they need
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Run the pages that have changed, while MkDocs does what does not need them."""
        planned = in_background(partial(plan, Path(config.docs_dir), PAGES))
        step = self.step
        running = in_background(lambda: carry_out(planned.result(), log.info, step))
        live = in_background(partial(build_live, log=log.info))
        self.now = Build(config, planned, running, live)
        return config

    @event_priority(FIRST)  # mkdocs-jupyter looks for notebooks afterwards
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add what the build makes to the files of the site."""
        add_files(files, config, self.now.planned.result())
        add_live(files, config, self.now.live.result())
        self.now.scripts = {
            uri: in_background(
                partial(_script, self.now, Path(file.abs_src_path or ""), config.theme["features"])
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
        code = Environment()
        pages = [Path(file.abs_src_path or "") for file in files.documentation_pages()]
        pages = [path for path in pages if path.suffix == ".md"]
        try:
            self.now.work = read_work()
        except (FileNotFoundError, ValueError) as error:
            raise PluginError(str(error)) from error
        common = [repr(self.now.work), *page_inputs(config, files, code)]
        self.now.pages = PageCache.of(pages, common, code.whole_package())
        self.now.nav = nav
        return nav

    # The next three come for one page after the other.

    @event_priority(FIRST)  # mkdocs-jupyter reads notebooks
    def on_pre_page(self, page: Page, *, config: MkDocsConfig, files: Files) -> Page:
        """Wait for a page that is still running, and for its notebook."""
        self.step([])
        task = self.now.planned.result().awaited.get(page.file.src_uri)
        if task is not None:
            self._convert_notebooks(task, config, files)
            # MkDocs names the page at which it stops: let it be one with a problem.
            if task.ended.result():
                self._raise_problems()
        return page

    @event_priority(LAST)  # mkdocs-jupyter sets page.render
    def on_page_markdown(self, markdown: str, *, page: Page, **_: object) -> str:
        """Take an unchanged page from the cache."""
        uri = page.file.src_uri
        figures = PAGES / "site" / Path(uri).parent
        kept = self.now.pages.find(uri, Path(page.file.abs_src_path or ""), figures)
        if kept is not None:
            page.meta.update({"template": "kept.html", "search": {"exclude": True}})

            def render(config: MkDocsConfig, files: Files) -> None:
                restore(page, kept, files)
                register(page, kept.references, config)

            page.render = render  # type: ignore[method-assign] # as mkdocs-jupyter does
        return markdown

    def on_page_content(self, html: str, *, page: Page, files: Files, **_: object) -> str:
        """Show the notebook of a page like the rest of the site."""
        is_notebook = link_notebook(page, files)
        kept = page.file.src_uri in self.now.pages.found
        return simplify(html) if is_notebook and not kept else html

    @event_priority(LAST)  # after plugins have added their style sheets
    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Draw the social cards, now that the pages have their titles and descriptions."""
        self._raise_problems()
        executed = self.now.running.result().executed
        log.info("%d page(s) run, the others have not changed", len(executed))
        self.now.sheets = [uri for uri in files.src_uris if SHEET_OF_THEME.fullmatch(uri)]
        self.now.sheets.extend(map(str, config.extra_css))
        config.extra_css.clear()
        config.extra["styles"] = STYLES
        env.trim_blocks = env.lstrip_blocks = True  # template statements leave no blank lines
        env.bytecode_cache = CompiledTemplates()
        pages = [file.page for file in files.documentation_pages() if file.page is not None]
        for page in pages:
            drawn = card(*words(page, config))
            files.append(LinkedFile.at(config, card_uri(page.file.src_uri), drawn))
        escape_site(config, pages, self.now.nav or ())
        self.now.env, self.now.files = env, files
        return env

    # The next two come for one page after the other.

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, **_: object
    ) -> TemplateContext:
        """Give the template the structured data of the page."""
        self.step([])
        kept = self.now.pages.found.get(page.file.src_uri)
        if kept is not None:
            _search_entries(config).extend(kept.entries)
            return context | {"kept": kept.html}  # type: ignore[return-value]
        escape_page(page)  # which may have been read again
        added = {
            "shared": structured_data(page, config),
            "citation": citation(page, config, self.now.work) if self.now.work else None,
        }
        return context | added  # type: ignore[return-value]

    @event_priority(LAST)  # when the page is as it will be written
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Finish the page, after the search index has taken the source of its formulas."""
        if page.file.src_uri in self.now.pages.found:
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
        for entry in entries:
            for name in ("title", "text"):
                entry[name] = formulas_as_text(entry[name], page.content or "")
        self.now.pages.add(page, references_of(page, config), entries, output)
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Add the files for other programs, reduce fonts, styles and scripts, and keep the pages for the next build."""
        logs_warnings = logging.getLogger("mkdocs").isEnabledFor(logging.WARNING)
        if logs_warnings and not self.warnings.get_counts():
            self.now.pages.write()
        try:
            site, docs = Path(config.site_dir), Path(config.docs_dir)
            publish(site, docs, *site_words(config), config.nav or [])
            reduce_assets(site, self.now.sheets, self.now.scripts)
        except ValueError as error:
            raise PluginError(str(error)) from error
        prune()
        self.done = self.now

    def _convert_notebooks(self, task: Task, config: MkDocsConfig, files: Files) -> None:
        """While a page is awaited, let mkdocs-jupyter convert notebooks, which it keeps until their turn."""
        plugin: Any = config.plugins.get("mkdocs-jupyter")
        if plugin is None:
            return
        for other in self.now.planned.result().changed:
            if task.ended.done():
                return
            file = files.get_file_from_path(other.notebook) if other.notebook else None
            is_ready = other.ended.done() and not other.ended.exception()
            if file is not None and file.page is None and is_ready and not other.ended.result():
                page = Page(None, file, config)
                plugin.on_pre_page(page, config=config, files=files).render(config, files)

    def _raise_problems(self) -> None:
        """Wait until the pages have run, and raise what is wrong with them."""
        if problems := self.now.running.result().problems:
            raise PluginError("\n\n".join(map(str, problems)))


def reduce_assets(site: Path, sheets: list[str], scripts: Mapping[str, "Future[str]"]) -> None:
    """Replace fonts, style sheets and scripts of a built site by smaller ones with the same effect."""
    seen = seen_in(site)
    for uri, script in scripts.items():
        write_atomically(site / uri, script.result())
    sheet = in_background(partial(merge_style_sheets, site, sheets, seen["words"]))
    subset_fonts(site, seen)
    sheet.result()


def _script(build: Build, path: Path, features: list[str]) -> str:
    """Build and minify a script when pages no longer need all processors."""
    build.running.result()
    if path.name.startswith("bundle."):
        return minified_script(material_script(path, features))
    return minified_script(path.read_text(encoding="utf-8"))


def _search_entries(config: MkDocsConfig) -> list[dict[str, str]]:
    """The entries of the index of Material's search, to which each page adds its own."""
    entries: list[dict[str, str]] = config.plugins["material/search"].search_index.entries  # type: ignore[attr-defined]
    return entries
