"""The runtime's files come from where they can be had, and only the official ones are taken."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.common.programs.node import node
from sitegen.live import browser_assets, pyodide_download
from sitegen.live.package_needs import needs
from sitegen.live.pyodide_download import Distribution, fetch, official

ROOT = Path(__file__).parents[3]
CONTENT = b"the official file"
WANTED = Distribution(
    {"version": "0.0.1"},
    {"a": {"file_name": "a.whl", "sha256": hashlib.sha256(CONTENT).hexdigest(), "depends": []}},
)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "npm"
    folder.mkdir()
    for name in pyodide_download.CORE:
        (folder / name).write_text("core")
    monkeypatch.setattr(pyodide_download, "NPM", folder)


def offer(monkeypatch: pytest.MonkeyPatch, *contents: bytes | None) -> list[str]:
    """Let sources offer these contents, nothing where None; return the list of those asked."""
    asked: list[str] = []

    def places(version: str) -> Iterator[tuple[str, object]]:
        for number, content in enumerate(contents):

            def read(names: list[str], number=number, content=content) -> Iterator[object]:
                asked.append(f"source {number}")
                if content is None:
                    raise OSError("no route to host")
                yield from ((name, content) for name in names)

            yield f"source {number}", read

    monkeypatch.setattr(pyodide_download, "_sources", places)
    return asked


@pytest.mark.usefixtures("npm")
def test_the_first_source_that_has_a_file_is_the_last_that_is_asked(tmp_path, monkeypatch):
    asked = offer(monkeypatch, None, CONTENT, CONTENT)
    assert fetch(WANTED, tmp_path / "out", [].append)
    assert CONTENT == (tmp_path / "out/a.whl").read_bytes()
    assert {"a.whl", *pyodide_download.CORE} == {file.name for file in (tmp_path / "out").iterdir()}
    assert ["source 0", "source 1"] == asked


@pytest.mark.usefixtures("npm")
def test_a_file_with_another_hash_is_not_taken(tmp_path, monkeypatch):
    offer(monkeypatch, b"tampered with")
    said: list[str] = []
    assert not fetch(WANTED, tmp_path / "out", said.append)
    assert not (tmp_path / "out/a.whl").exists()
    assert any("its hash differs" in line for line in said)


@pytest.mark.usefixtures("npm")
def test_without_any_source_a_build_says_so_and_has_no_runtime(tmp_path, monkeypatch):
    offer(monkeypatch, None)
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
    for name in ("node_modules", "CHANGELOG.md"):
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


def test_a_mirror_is_asked_before_the_network(tmp_path, monkeypatch):
    (tmp_path / "a.whl").write_bytes(CONTENT)
    monkeypatch.setenv("PYODIDE_MIRROR", str(tmp_path))
    place, read = next(pyodide_download._sources("0.0.1"))
    assert str(tmp_path) == place
    assert [("a.whl", CONTENT)] == list(read(["a.whl", "b.whl"]))


def test_the_official_lock_is_cut_down_to_what_is_wanted():
    wanted = official(ROOT / "node_modules/pyodide/pyodide-lock.json", ["matplotlib"])
    assert {"matplotlib", "numpy", "pillow"} <= wanted.packages.keys()
    assert not {"scipy", "fonttools", "matplotlib-pyodide"} & wanted.packages.keys()
    named = {name for package in wanted.packages.values() for name in package["depends"]}
    assert named <= wanted.packages.keys()


def test_each_name_needs_what_can_be_reached_from_it(tmp_path):
    package = tmp_path / "ours"
    package.mkdir()
    (package / "__init__.py").write_text("import os\n")
    (package / "light.py").write_text(
        "import numpy as np\n"
        "from ours.heavy import fast, slow\n"
        "def plain(x):\n    return np.sum(fast(x))\n"
        "def through(x):\n    return helper(x)\n"
        "def helper(x):\n    return slow(x)\n"
    )
    (package / "heavy.py").write_text(
        "def fast(x):\n    return x\n"
        "def slow(x):\n    from scipy.integrate import quad\n    return quad(x)\n"
    )
    found = needs(package)
    assert ["numpy"] == found["ours.light.plain"]
    assert ["numpy", "scipy"] == found["ours.light.through"]
    assert [] == found["ours.heavy.fast"]
    assert ["scipy"] == found["ours.heavy.slow"]


def test_a_package_asks_for_what_the_modules_ask_for_whose_names_it_offers(tmp_path):
    package = tmp_path / "ours"
    (package / "part").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "part/__init__.py").write_text(
        'import matplotlib\nfrom ours.part.module import fast, slow\n__all__ = ["fast", "slow"]\n'
    )
    (package / "part/module.py").write_text(
        "import numpy as np\n"
        "def fast(x):\n    return x\n"
        "def slow(x):\n    from scipy.integrate import quad\n    return quad(x)\n"
    )
    found = needs(package)
    assert ["matplotlib", "numpy"] == found["ours.part.fast"]
    assert ["matplotlib", "numpy", "scipy"] == found["ours.part.slow"]
    assert ["matplotlib", "numpy"] == found["ours.part.module.fast"]


def test_the_package_asks_for_scipy_only_where_it_uses_it():
    found = needs(ROOT / "calcguide")
    assert "scipy" in found["calcguide.newton.bfgs"]
    assert "scipy" not in found["calcguide.newton.newton"]
    assert "matplotlib" in found["calcguide.plots.plot_contours"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np, scipy.linalg", ["numpy", "scipy.linalg"]),
        ("from a.b import c as d, e  # and f", ["a.b.c", "a.b.e"]),
        ("from a import (\n    b,  # one\n    c,\n)", ["a.b", "a.c"]),
        ("def f():\n    import a; import b", ["a", "b"]),
        ("from a import \\\n    b", ["a.b"]),
        ("important = 1\nfrom_x = 2\nx.imports", []),
        ("from a import *", ["a.*"]),
    ],
)
def test_imports_are_read_off_the_code(code: str, expected: list[str]):
    module = (ROOT / "sitegen/live/browser/packages.mjs").as_uri()
    script = (
        f"import {{ importedNames }} from {json.dumps(module)};"
        f"console.log(JSON.stringify(importedNames({json.dumps(code)})))"
    )
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    assert expected == json.loads(done.stdout)
