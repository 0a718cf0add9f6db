"""What MkDocs calls: run the pages first, publish figures, assets and runtime, render formulas."""

import logging
import re
from pathlib import Path

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from sitegen.build import CACHE, build
from sitegen.formulas import render_page
from sitegen.live.assets import build as build_live

NODE_MODULES = Path("node_modules")
PUBLISHED = {
    "assets/katex": ["katex/LICENSE", "katex/dist/katex.min.css"],
    "assets/katex/fonts": ["katex/dist/fonts/*.woff2"],
    "assets/fonts": ["@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-*.woff2"],
}
OLD_FONTS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)')

log = logging.getLogger("mkdocs.hooks.sitegen")


def on_startup(**_: object) -> None:
    """Let MkDocs keep this module, and with it the rendered formulas, between rebuilds."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Run the pages that have changed, and add what the build makes to the files of the site."""
    report = build(Path(config.docs_dir), CACHE, log.info)
    if report.problems:
        raise PluginError("\n\n".join(map(str, report.problems)))
    log.info("%d page(s) run, the others have not changed", len(report.executed))
    for file in report.files:
        files.append(
            File.generated(config, file, abs_src_path=str((CACHE / "site" / file).resolve()))
        )
    for folder, patterns in PUBLISHED.items():
        for pattern in patterns:
            sources = sorted(NODE_MODULES.glob(pattern))
            if not sources:
                raise PluginError(f"node_modules/{pattern} is missing: run `npm ci`")
            for source in sources:
                files.append(_published(config, folder, source))
    _add_live(files, config)
    return files


def _add_live(files: Files, config: MkDocsConfig) -> None:
    """Publish what runs snippets in the browser, where its parts can be had."""
    live = build_live(log=log.info)
    if live is None:
        return
    for uri, source in live.files():
        files.append(File.generated(config, uri, abs_src_path=str(source.resolve())))
    script = ExtraScriptValue(f"{live.folder}/live.js")
    script.type = "module"
    config.extra_javascript.append(script)
    config.extra_css.append(f"{live.folder}/snippets.css")


def _published(config: MkDocsConfig, folder: str, source: Path) -> File:
    uri = f"{folder}/{source.name}"
    if source.suffix == ".css":
        # Every browser that runs the site reads woff2.
        css = OLD_FONTS.sub("", source.read_text(encoding="utf-8"))
        return File.generated(config, uri, content=css)
    return File.generated(config, uri, abs_src_path=str(source.resolve()))


def on_post_page(output: str, *, page: Page, **_: object) -> str:
    """Render the formulas, after the search index has taken their source."""
    try:
        return render_page(output)
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
