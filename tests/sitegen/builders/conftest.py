"""A project whose settings and files a test can hand to a part of the build."""

from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

SETTINGS = """\
site_name: Ours
site_url: https://example.org/ours/
site_description: What it is
site_author: Somebody
theme: {name: null, custom_dir: theme}
plugins: []
"""


@pytest.fixture
def project(build_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project with one page, in which the test runs."""
    for name, text in {
        "mkdocs.yml": SETTINGS,
        "theme/main.html": "{{ page.content }}",
        "docs/index.md": "# Home\n",
    }.items():
        (build_folder / name).parent.mkdir(exist_ok=True)
        (build_folder / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(build_folder)
    return build_folder


@pytest.fixture
def load(project: Path) -> Callable[[], MkDocsConfig]:
    """Return what reads the settings of the project, as they are while a plugin is at work."""

    def found() -> MkDocsConfig:
        config = load_config(str(project / "mkdocs.yml"))
        config.plugins._current_plugin = "sitegen"
        return config

    return found
