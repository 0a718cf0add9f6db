"""What the build adds to the files of the site: assets, feed, redirects, figures, notebooks, the live runtime."""

from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from sitegen.assets.npm import assets
from sitegen.builders.linked_file import LinkedFile
from sitegen.common.paths import PAGES
from sitegen.live.browser_assets import Live
from sitegen.live.wheel import wheel
from sitegen.notebooks.addresses import file_of_notebook
from sitegen.outputs.feed import atom
from sitegen.outputs.redirects import redirects
from sitegen.runs.plan import Plan

__all__ = ["add_files", "add_live", "add_redirects"]

CHANGELOG = Path("CHANGELOG.md")


def add_files(files: Files, config: MkDocsConfig, plan: Plan) -> None:
    """Add all that is known before a page has run.

    Raises
    ------
    PluginError
        If a file of ours is missing, or says what cannot be.
    """
    try:
        for file in (*_assets(config), *_feed(config), *_results(config, plan)):
            files.append(file)
    except (FileNotFoundError, ValueError) as error:
        raise PluginError(str(error)) from error
    add_redirects(files, config)


def add_redirects(files: Files, config: MkDocsConfig) -> None:
    """Publish a redirect at the old address of each page that has moved."""
    pages = [file.src_uri for file in files.documentation_pages()]
    try:
        moved = redirects(config.extra.get("redirects", {}), pages, config.site_url or "")
    except ValueError as error:
        raise PluginError(str(error)) from error
    for uri, content in moved.items():
        files.append(File.generated(config, uri, content=content))


def add_live(files: Files, config: MkDocsConfig, live: Live | None) -> None:
    """Publish what runs snippets in the browser, if the files of Pyodide are available."""
    if live is None:
        return
    for uri, source in live.files():
        files.append(LinkedFile.at(config, uri, source))
    script = ExtraScriptValue(f"{live.folder}/live.js")
    script.type = "module"
    config.extra_javascript.append(script)
    config.extra_css.append(f"{live.folder}/snippets.css")


def _assets(config: MkDocsConfig) -> Iterator[File]:
    for uri, content in assets():
        if isinstance(content, str):
            yield File.generated(config, uri, content=content)
        else:
            yield File.generated(config, uri, abs_src_path=str(content.resolve()))


def _feed(config: MkDocsConfig) -> Iterator[File]:
    try:
        feed = atom(CHANGELOG.read_text(encoding="utf-8"), config.site_url or "")
    except ValueError as error:
        raise ValueError(f"{CHANGELOG}: {error}") from error
    yield File.generated(config, "feed.xml", content=feed)


def _results(config: MkDocsConfig, plan: Plan) -> Iterator[File]:
    package = wheel()  # which notebooks install
    yield LinkedFile.at(config, package.uri, package.file)
    for figure in plan.figures:
        yield LinkedFile.at(config, figure, PAGES / "site" / figure)
    shown = str((PAGES / "shown").resolve())
    for notebook in plan.notebooks:
        yield LinkedFile.at(config, file_of_notebook(notebook), PAGES / "site" / notebook)
        # mkdocs-jupyter needs a file that stands in a folder of pages.
        yield File(notebook, shown, config.site_dir, config.use_directory_urls)
