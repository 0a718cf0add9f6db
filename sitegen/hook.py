"""What MkDocs calls: run the pages, publish figures, notebooks, assets and runtime, render formulas."""

import gc
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler, get_relative_url
from mkdocs.utils.templates import TemplateContext

from sitegen import notebooks, sharing
from sitegen.background import in_background
from sitegen.build import CACHE, Plan, Report, carry_out, plan
from sitegen.cards import card
from sitegen.feed import atom
from sitegen.files import files_in
from sitegen.formulas import render_page
from sitegen.incremental import KeptPages, heading, restore
from sitegen.live.assets import build as build_live
from sitegen.notebook_html import simplify
from sitegen.parts import in_parts
from sitegen.publishing import assets
from sitegen.redirects import redirects
from sitegen.seen import early_fonts
from sitegen.slimming import STYLES, slim, slim_script, without_unseen

CHANGELOG = Path("CHANGELOG.md")
BUILDERS = [
    "jinja2",
    "markdown",
    "mkdocs",
    "mkdocs-jupyter",
    "mkdocs-material",
    "pygments",
    "pymdown-extensions",
]
INHERIT = re.compile(r"^INHERIT:\s*(?P<path>\S+)", re.MULTILINE)
SCRIPT = re.compile(r"assets/(?:[^/]+|javascripts/bundle\.\w+\.min)\.js")
PRELOAD = '<link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>'
SHEET_OF_THEME = re.compile(r"assets/stylesheets/(main|palette)\.\w+\.min\.css")

kept_pages = KeptPages(CACHE.parent / "kept")
counter = CountHandler(level=logging.WARNING)
planned: "Future[Plan]"
running: "Future[Report]"
order: list[File] = []
sheets: list[str] = []
scripts: "dict[str, Future[str]]" = {}

log = logging.getLogger("mkdocs.hooks.sitegen")


class Linked(File):
    """A file of our cache, where nothing is ever changed in place: it need not be copied."""

    is_there = False

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Link the file into the site, or copy it where the two are on different disks."""
        if self.is_there:
            return
        self.is_there = True
        source, target = str(self.abs_src_path), self.abs_dest_path
        try:
            os.link(source, target)
        except OSError:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            Path(target).unlink(missing_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)


def on_startup(*, command: str, **_: object) -> None:
    """Let MkDocs keep this module, and with it the rendered formulas, between rebuilds."""
    if command == "build":
        gc.disable()  # it ends before garbage takes more memory than a page that runs


def on_shutdown() -> None:
    """Leave what was built to the end of the process, which would look through it for garbage."""
    gc.freeze()


@event_priority(100)  # before the other plugins set up what they need
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Run the pages that have changed, while MkDocs does what does not need them."""
    global planned, running
    planned = in_background(partial(plan, Path(config.docs_dir), CACHE))
    running = in_background(lambda: carry_out(planned.result(), log.info))
    return config


@event_priority(100)  # mkdocs-jupyter looks for notebooks among the files after it
def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add what the build makes to the files of the site."""
    try:
        for uri, content in assets():
            files.append(_generated(config, uri, content))
    except FileNotFoundError as error:
        raise PluginError(str(error)) from error
    add_feed(files, config)
    add_redirects(files, config)
    _add_live(files, config)
    for file in planned.result().figures:
        files.append(_linked(config, file, CACHE / "site" / file))
    for notebook in planned.result().notebooks:
        uri = notebooks.file_of_notebook(notebook)
        files.append(_linked(config, uri, CACHE / "site" / notebook))
        # mkdocs-jupyter needs a file that stands in a folder of pages.
        shown, directories = str((CACHE / "shown").resolve()), config.use_directory_urls
        files.append(File(notebook, shown, config.site_dir, directories))
    scripts.clear()
    for uri in filter(SCRIPT.fullmatch, files.src_uris):
        scripts[uri] = in_background(
            partial(_slimmed, Path(files.src_uris[uri].abs_src_path or ""))
        )
    return files


def _slimmed(script: Path) -> str:
    """Slim a script when pages no longer need all processors."""
    running.result()
    return slim_script(script, CACHE.parent)


def _raise_problems() -> None:
    """Wait until the pages have run, and raise what is wrong with them."""
    if problems := running.result().problems:
        raise PluginError("\n\n".join(map(str, problems)))


def add_feed(files: Files, config: MkDocsConfig) -> None:
    """Publish the feed of changes."""
    try:
        feed = atom(CHANGELOG.read_text(encoding="utf-8"), config.site_url or "")
    except ValueError as error:
        raise PluginError(f"{CHANGELOG}: {error}") from error
    files.append(File.generated(config, "feed.xml", content=feed))


def add_redirects(files: Files, config: MkDocsConfig) -> None:
    """Publish, at the old address of each page that has moved, where it is now."""
    pages = [file.src_uri for file in files.documentation_pages()]
    try:
        moved = redirects(config.extra.get("redirects", {}), pages, config.site_url or "")
    except ValueError as error:
        raise PluginError(str(error)) from error
    for uri, content in moved.items():
        files.append(File.generated(config, uri, content=content))


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Find out what all pages have in common, so that unchanged ones need not be rendered."""
    counter.counts.clear()
    if counter not in logging.getLogger("mkdocs").handlers:
        logging.getLogger("mkdocs").addHandler(counter)
    shared = [Path(config.theme.custom_dir or "overrides"), Path(config.docs_dir, "assets")]
    contents = [folder / file for folder in shared for file in sorted(files_in(folder))]
    pages = [Path(file.abs_src_path or "") for file in files.documentation_pages()]
    kept_pages.begin(
        [
            planned.result().environment,
            *map(str, map(version, BUILDERS)),
            *(
                hashlib.sha256(path.read_bytes()).hexdigest()
                for path in [*contents, Path("package-lock.json"), *_settings(config)]
                if path.is_file()
            ),
            str(config.site_url),
            repr([*map(str, config.extra_css), *map(str, config.extra_javascript)]),
            *sorted(file.src_uri + file.dest_uri for file in files),
            # Those of notebooks are their pages', and they may not be there yet.
            *(heading(path) for path in pages if path.suffix == ".md"),
        ]
    )
    # Those that are still running are rendered last.
    unfinished = planned.result().unfinished
    order[:] = files
    _put_in_order(files, sorted(files, key=lambda file: file.src_uri in unfinished))
    return nav


def _put_in_order(files: Files, wanted: Iterable[File]) -> None:
    for file in wanted:
        files.remove(file)
        files.append(file)


@event_priority(100)  # mkdocs-jupyter looks into notebooks
def on_pre_page(page: Page, *, files: Files, **_: object) -> Page:
    """Wait for a page that is still running, and for its notebook."""
    unfinished = planned.result().unfinished
    if page.file.src_uri in unfinished:
        if not running.done():
            _prepare([file for file in files if file.src_uri not in unfinished])
        # MkDocs names the page at which we stop: let it be one with a problem.
        if page.file.abs_src_path in {problem.path for problem in running.result().problems}:
            _raise_problems()
    return page


def _prepare(files: list[File]) -> None:
    """Do meanwhile what MkDocs would do later: link files and make the folders of pages."""
    for file in files:
        if isinstance(file, Linked):
            file.copy_file()
        elif file.is_documentation_page():
            Path(file.abs_dest_path).parent.mkdir(parents=True, exist_ok=True)


def _settings(config: MkDocsConfig) -> Iterator[Path]:
    """The file of the settings, and those that it builds on."""
    path = Path(config.config_file_path)
    yield path
    while match := INHERIT.search(path.read_text(encoding="utf-8")):
        path = path.parent / match["path"]
        yield path


@event_priority(-100)  # after mkdocs-jupyter has said how it renders
def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: object) -> str:
    """Take an unchanged page as it was."""
    uri = page.file.src_uri
    figures = CACHE / "site" / Path(uri).parent
    kept = kept_pages.find(uri, Path(page.file.abs_src_path or ""), figures)
    if kept is not None:
        page.meta.update({"template": "kept.html", "search": {"exclude": True}})
        page.render = lambda *_: restore(page, kept, files)  # type: ignore[method-assign]
    return markdown


@event_priority(-100)  # after the plugins have added their style sheets
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    """Draw the pictures for sharing, now that the pages have their titles and descriptions."""
    _raise_problems()
    log.info("%d page(s) run, the others have not changed", len(running.result().executed))
    _put_in_order(files, order)
    sheets[:] = [uri for uri in files.src_uris if SHEET_OF_THEME.fullmatch(uri)]
    sheets.extend(map(str, config.extra_css))
    config.extra_css.clear()
    config.extra["styles"] = STYLES
    env.trim_blocks = env.lstrip_blocks = True  # lines that only steer the template leave no trace
    compiled = CACHE.parent / "templates/trimmed"
    compiled.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    for file in files.documentation_pages():
        if file.page is not None:
            drawn = card(*_words(file.page, config))
            files.append(_linked(config, sharing.card_uri(file.src_uri), drawn))
    return env


def on_page_context(
    context: TemplateContext, *, page: Page, config: MkDocsConfig, **_: object
) -> TemplateContext:
    """Give the template what a page says of itself to others."""
    kept = kept_pages.found.get(page.file.src_uri)
    if kept is not None:
        _search_entries(config).extend(kept.entries)
        return context | {"kept": kept.html}  # type: ignore[return-value]
    title, description = _words(page, config)
    site = sharing.Site(
        config.site_name,
        config.site_url or "",
        config.site_description or "",
        config.site_author or "",
    )
    above = [
        (str(section.title), child.canonical_url or "")
        for section in reversed([*page.ancestors])
        for child in (section.children if isinstance(section, Section) else [])
        if isinstance(child, Page) and child.is_index and child is not page
    ]
    steps = [*above, (title, page.canonical_url or "")]
    path, markdown = page.file.src_uri, page.markdown or ""
    data = (
        sharing.describe_home(site)
        if page.is_homepage
        else sharing.describe(site, path, markdown, steps=steps, description=description)
    )
    shared = {"title": title, "text": description, "data": data}
    return context | {"shared": shared | {"card": site.url + sharing.card_uri(path)}}  # type: ignore[return-value]


def _words(page: Page, config: MkDocsConfig) -> tuple[str, str]:
    """The title and the description of a page."""
    title = page.meta.get("title") or page.title or config.site_name
    return str(title), str(page.meta.get("description") or config.site_description)


def _add_live(files: Files, config: MkDocsConfig) -> None:
    """Publish what runs snippets in the browser, where its parts can be had."""
    live = build_live(log=log.info)
    if live is None:
        return
    for uri, source in live.files():
        files.append(_linked(config, uri, source))
    script = ExtraScriptValue(f"{live.folder}/live.js")
    script.type = "module"
    config.extra_javascript.append(script)
    config.extra_css.append(f"{live.folder}/snippets.css")


def _generated(config: MkDocsConfig, uri: str, content: Path | str) -> File:
    if isinstance(content, str):
        return File.generated(config, uri, content=content)
    return File.generated(config, uri, abs_src_path=str(content.resolve()))


def _linked(config: MkDocsConfig, uri: str, source: Path) -> File:
    return Linked.generated(config, uri, abs_src_path=str(source.absolute()))


def on_page_content(html: str, *, page: Page, files: Files, **_: object) -> str:
    """Show the notebook of a page like the rest of the site, and each page in parts."""
    is_notebook = _link_notebook(page, files)
    if page.file.src_uri in kept_pages.found:
        return html
    return in_parts(simplify(html) if is_notebook else html)


def _link_notebook(page: Page, files: Files) -> bool:
    """Link a page and its notebook with each other; return whether this is the notebook."""
    uri = page.file.src_uri
    is_notebook = uri.endswith(".ipynb")
    notebook = uri if is_notebook else notebooks.uri_of_notebook(uri)
    if notebook is None or files.get_file_from_path(notebook) is None:
        return False
    other = files.src_uris[notebooks.uri_of_page(notebook) if is_notebook else notebook]
    file = notebooks.file_of_notebook(notebook)
    page.meta["notebook"] = {
        "shown": is_notebook,
        "other": other.url,
        "file": file,
        "colab": notebooks.COLAB + file,
    }
    if not is_notebook or other.page is None:
        return False
    title = other.page.meta.get("title", other.page.title)
    page.meta["title"] = f"Notebook: {title}"
    page.meta["description"] = (
        f"The Jupyter notebook of the page “{title}”, run, to be read, downloaded or opened in Colab."
    )
    page.meta["search"] = {"exclude": True}
    page.canonical_url = other.page.canonical_url
    return True


@event_priority(-100)  # when the page is as it will be written
def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Render the formulas, after the search index has taken their source."""
    if page.file.src_uri in kept_pages.found:
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
    kept_pages.add(page, entries, output)
    return output


def _search_entries(config: MkDocsConfig) -> list[dict[str, str]]:
    """The entries of the index of Material's search, to which each page adds its own."""
    entries: list[dict[str, str]] = config.plugins["material/search"].search_index.entries  # type: ignore[attr-defined]
    return entries


def on_post_build(*, config: MkDocsConfig) -> None:
    """Leave out what no reader needs, and keep the pages for the next build."""
    if logging.getLogger("mkdocs").isEnabledFor(logging.WARNING) and not counter.get_counts():
        kept_pages.write()
    try:
        slim(Path(config.site_dir), CACHE, sheets, scripts)
    except ValueError as error:
        raise PluginError(str(error)) from error
