"""What all pages depend on besides their sources: settings, theme, our code, titles of other pages."""

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from sitegen.builders.kept_pages.page_cache import heading
from sitegen.common.cache import environment
from sitegen.common.files import files_in
from sitegen.runs.environment import ENGINE, Environment

__all__ = ["page_inputs"]

LOCK = Path("package-lock.json")
BUILD = "sitegen.builders.site_build"
PROGRAMS = ["assets", "rendering"]  # parts of our engine with files in other languages
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
    "selectolax",
]
INHERIT = re.compile(r"^INHERIT:\s*(?P<path>\S+)", re.MULTILINE)


def page_inputs(config: MkDocsConfig, files: Files, code: Environment) -> Iterator[str]:
    """Yield strings that differ where any page may look different, though its source is the same."""
    yield from code.of([BUILD])
    yield from environment(_sources(config), PACKAGES)
    yield str(config.site_url)
    yield repr([*map(str, config.extra_css), *map(str, config.extra_javascript)])
    yield from sorted(file.src_uri + file.dest_uri for file in files)
    for file in files.documentation_pages():
        # Notebooks have the headings of their pages, and may not be there yet.
        if file.src_uri.endswith(".md"):
            yield heading(Path(file.abs_src_path or ""))


def _sources(config: MkDocsConfig) -> Iterator[Path]:
    """Yield all files that are not of Python, whose code is compared without its comments."""
    folders = [Path(config.theme.custom_dir or "theme")]
    folders += [ENGINE / name for name in PROGRAMS]
    paths = [folder / file for folder in folders for file in sorted(files_in(folder))]
    for path in (*paths, LOCK, *_settings(config)):
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            yield path


def _settings(config: MkDocsConfig) -> Iterator[Path]:
    """Yield the configuration file, and those that it inherits from."""
    path = Path(config.config_file_path)
    yield path
    while match := INHERIT.search(path.read_text(encoding="utf-8")):
        path = path.parent / match["path"]
        yield path
