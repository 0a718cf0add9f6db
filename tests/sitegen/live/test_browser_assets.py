"""What the site serves to run snippets, and a site without it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.live import browser_assets

ROOT = Path(__file__).parents[3]


@pytest.mark.usefixtures("npm")
def test_without_any_source_a_build_says_so_and_has_no_runtime(tmp_path, offer):
    offer(None)
    said: list[str] = []
    assert browser_assets.build(tmp_path / "cache", said.append) is None
    assert any("no route to host" in line for line in said)
    assert "Snippets cannot be run in the browser: no source has the files of Pyodide" == said[-1]


WITHOUT_SOURCES = """
from mkdocs.__main__ import cli
from sitegen.live import pyodide_download
pyodide_download._sources = lambda version: iter([])
cli(["build", "--strict"])
"""


def test_a_site_without_any_source_is_built_and_says_so(tmp_path):
    for name in ("node_modules", "CHANGELOG.md", "CITATION.cff"):
        (tmp_path / name).symlink_to(ROOT / name)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(
        '# A page\n\n```python\nprint(1)\n```\n\n```text title="Output"\n1\n```\n'
    )
    config = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": "docs",
        "theme": {"custom_dir": str(ROOT / "theme")},
        "nav": [{"Home": "index.md"}],
        "hooks": [str(ROOT / "sitegen/builders/mkdocs_hook.py")],
        "plugins": ["search"],
        "watch": [],
    }
    (tmp_path / "mkdocs.yml").write_text(json.dumps(config))  # JSON is YAML
    built = subprocess.run(
        [sys.executable, "-c", WITHOUT_SOURCES],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == built.returncode, built.stderr
    assert "Snippets cannot be run in the browser" in built.stderr
    page = (tmp_path / "site/index.html").read_text()
    assert '<span class="nb">print</span>' in page
    assert "assets/live" not in page
    assert not (tmp_path / "site/assets/pyodide").exists()
