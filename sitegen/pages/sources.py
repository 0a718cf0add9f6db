"""The sources of pages: the files that MkDocs takes for pages, and the text in them.

Editors and file systems leave other files beside them: locks, copies, folders of their own.
"""

import os
from collections.abc import Callable
from pathlib import Path

import yaml
from pathspec.gitignore import GitIgnoreSpec

__all__ = ["ENCODING", "page_files", "page_text"]

ENCODING = "utf-8-sig"  # some editors mark UTF-8 by a first character that is no part of the text


def page_files(docs: Path) -> list[Path]:
    """Return the pages below a folder as MkDocs finds them.

    Hidden files and folders are none, nor is what ``exclude_docs`` in ``mkdocs.yml`` names, nor a ``README.md``
    with an ``index.md`` beside it. A link that leads nowhere is left to MkDocs, which says so.
    """
    is_excluded, found = _excluded(docs), []
    for folder, _, names in os.walk(docs, followlinks=True):
        for name in names:
            path = Path(folder, name)
            is_second = name == "README.md" and "index.md" in names
            if path.suffix == ".md" and not is_second and path.is_file():
                found.append(path)
    return sorted(path for path in found if not is_excluded(path.relative_to(docs).as_posix()))


def page_text(path: Path) -> str:
    """Return the text of a page."""
    return path.read_text(encoding=ENCODING)


def _excluded(docs: Path) -> Callable[[str], bool]:
    """Whether a path in the folder is one that the settings of the site exclude."""
    settings = docs.parent / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    read = yaml.load(text, yaml.BaseLoader) or {}  # noqa: S506 (tags of others are left alone)
    patterns = (read.get("exclude_docs") or "").splitlines()
    spec = GitIgnoreSpec.from_lines([".*", "/templates/", *patterns])
    return lambda uri: bool(spec.match_file(uri))
