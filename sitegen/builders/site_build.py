"""The build of the site, as MkDocs steps through it."""

import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import jinja2
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_relative_url
from mkdocs.utils.templates import TemplateContext

from sitegen.assets.fonts.letters_in_use import early_fonts, seen_in
from sitegen.assets.fonts.subsetting import subset_fonts
from sitegen.assets.minify import minified_script
from sitegen.assets.npm import assets
from sitegen.assets.social_card import card, card_uri
from sitegen.assets.stylesheet import STYLES, one_sheet
from sitegen.builders.linked_file import LinkedFile
from sitegen.builders.page_cache import PageCache, heading, restore
from sitegen.builders.page_metadata import link_notebook, structured_data, words
from sitegen.builders.references import references_of, register
from sitegen.common import cache
from sitegen.common.background import in_background
from sitegen.common.files import files_in, write_atomically
from sitegen.common.paths import CACHE, PAGES
from sitegen.live.browser_assets import build as build_live
from sitegen.notebooks.addresses import file_of_notebook
from sitegen.notebooks.html import simplify
from sitegen.outputs.feed import atom
from sitegen.outputs.redirects import redirects
from sitegen.rendering.formulas import render_page
from sitegen.rendering.sections import in_parts
from sitegen.rendering.trim import without_unseen
from sitegen.runs.environment import ENGINE, Environment
from sitegen.runs.plan import Plan, plan
from sitegen.runs.run import Report, carry_out

__all__ = ["SiteBuild", "add_redirects"]

CHANGELOG = Path("CHANGELOG.md")
LOCK = Path("package-lock.json")
PACKAGES = [
    "griffelib",
    "jinja2",
    "markdown",
    "mkdocs",
    "mkdocs-autorefs",
    "mkdocs-jupyter",
    "mkdocs-material",
    "mkdocstrings",
    "mkdocstrings-python",
    "pygments",
    "pymdown-extensions",
]
PROGRAMS = ["assets", "rendering"]  # parts of our engine with files in other languages
INHERIT = re.compile(r"^INHERIT:\s*(?P<path>\S+)", re.MULTILINE)
SCRIPT = re.compile(r"assets/(?:[^/]+|javascripts/bundle\.\w+\.min)\.js")
PRELOAD = '<link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>'
SHEET_OF_THEME = re.compile(r"assets/stylesheets/(main|palette)\.\w+\.min\.css")

FIRST, LAST = 100, -100  # among the handlers of an event

log = logging.getLogger("mkdocs.hooks.sitegen")


class SiteBuild:
    """Each method handles the MkDocs event of its name; the state of a build is on ``self``.

    While pages run in the background, MkDocs goes on with the others, and waits in ``on_pre_page``
    where it needs a page that is still running.
    """

    def __init__(self) -> None:
        self.pages: PageCache
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
                partial(self._minified, Path(files.src_uris[uri].abs_src_path or ""))
            )
            for uri in filter(SCRIPT.fullmatch, files.src_uris)
        }
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Find out what all pages have in common, so that unchanged ones need not be rendered."""
        self.warnings.counts.clear()
        if self.warnings not in logging.getLogger("mkdocs").handlers:
            logging.getLogger("mkdocs").addHandler(self.warnings)
        shared = [Path(config.theme.custom_dir or "theme"), Path(config.docs_dir, "assets")]
        shared += [ENGINE / folder for folder in PROGRAMS]
        contents = [folder / file for folder in shared for file in sorted(files_in(folder))]
        sources = [*contents, LOCK, *_settings(config)]
        environment = Environment()
        pages = [Path(file.abs_src_path or "") for file in files.documentation_pages()]
        pages = [path for path in pages if path.suffix == ".md"]
        self.pages = PageCache.of(
            pages,
            [
                *environment.of([__name__]),
                *cache.environment(filter(_is_source, sources), PACKAGES),
                str(config.site_url),
                repr([*map(str, config.extra_css), *map(str, config.extra_javascript)]),
                *sorted(file.src_uri + file.dest_uri for file in files),
                # Notebooks have the headings of their pages, and may not be there yet.
                *map(heading, pages),
            ],
            environment.whole_package(),
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
    def on_page_markdown(self, markdown: str, *, page: Page, **_: object) -> str:
        """Take an unchanged page from the cache."""
        uri = page.file.src_uri
        figures = PAGES / "site" / Path(uri).parent
        kept = self.pages.find(uri, Path(page.file.abs_src_path or ""), figures)
        if kept is not None:
            page.meta.update({"template": "kept.html", "search": {"exclude": True}})

            def render(config: MkDocsConfig, files: Files) -> None:
                restore(page, kept, files)
                register(page, kept.references, config)

            page.render = render  # type: ignore[method-assign] # as mkdocs-jupyter does
        return markdown

    @event_priority(LAST)  # after plugins have added their style sheets
    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
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
        env.bytecode_cache = jinja2.FileSystemBytecodeCache(str(compiled))
        for file in files.documentation_pages():
            if file.page is not None:
                drawn = card(*words(file.page, config))
                files.append(LinkedFile.at(config, card_uri(file.src_uri), drawn))
        return env

    def on_page_content(self, html: str, *, page: Page, files: Files, **_: object) -> str:
        """Show the notebook of a page like the rest of the site, and each page in parts."""
        is_notebook = link_notebook(page, files)
        if page.file.src_uri in self.pages.found:
            return html
        return in_parts(simplify(html) if is_notebook else html)

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
        """Render the formulas, after the search index has taken their source."""
        if page.file.src_uri in self.pages.found:
            return output
        try:
            output = without_unseen(render_page(output))
        except ValueError as error:
            raise PluginError(f"{page.file.src_uri}: {error}") from error
        # Letters on the first screen that come late would move the lines they stand in.
        links = (PRELOAD.format(get_relative_url(font, page.url)) for font in early_fonts(output))
        output = output.replace("</head>", "".join(links) + "</head>", 1)
        entries = [
            entry
            for entry in _search_entries(config)
            if entry["location"].partition("#")[0] == page.url
        ]
        self.pages.add(page, references_of(page, config), entries, output)
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
        cache.prune()

    def _minified(self, script: Path) -> str:
        """Minify a script when pages no longer need all processors."""
        self.running.result()
        return minified_script(script)

    def _raise_problems(self) -> None:
        """Wait until the pages have run, and raise what is wrong with them."""
        if problems := self.running.result().problems:
            raise PluginError("\n\n".join(map(str, problems)))


def reduce_assets(site: Path, sheets: list[str], scripts: Mapping[str, "Future[str]"]) -> None:
    """Replace fonts, style sheets and scripts of a built site by smaller ones with the same effect."""
    seen = seen_in(site)
    sheet = in_background(partial(one_sheet, site, sheets, seen["words"]))
    subset_fonts(site, seen)
    sheet.result()
    for uri, script in scripts.items():
        write_atomically(site / uri, script.result())


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


def _is_source(path: Path) -> bool:
    """Whether a file is there, and is none of Python, whose code is compared without its comments."""
    return path.is_file() and path.suffix not in (".py", ".pyc")


def _generated(config: MkDocsConfig, uri: str, content: Path | str) -> File:
    if isinstance(content, str):
        return File.generated(config, uri, content=content)
    return File.generated(config, uri, abs_src_path=str(content.resolve()))


def _search_entries(config: MkDocsConfig) -> list[dict[str, str]]:
    """The entries of the index of Material's search, to which each page adds its own."""
    entries: list[dict[str, str]] = config.plugins["material/search"].search_index.entries  # type: ignore[attr-defined]
    return entries
