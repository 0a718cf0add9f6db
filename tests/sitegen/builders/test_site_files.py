"""The build adds what no page has in docs/, and stops where something of it is missing."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files, get_files

from sitegen.builders.site_files import add_files, add_live, add_redirects
from sitegen.live.browser_assets import Live
from sitegen.live.runtime import Runtime
from sitegen.live.wheel import wheel
from sitegen.runs.plan import Plan, Task
from sitegen.runs.results import Results

ROOT = Path(__file__).parents[3]
FIGURE = "tutorials/figures/line.svg"
SHOWN = "notebooks/tutorials/first.ipynb"
FILE = "notebooks/tutorials/first/first.ipynb"


@pytest.fixture
def config(project: Path, load: Callable[[], MkDocsConfig]) -> MkDocsConfig:
    return load()


@pytest.fixture
def files(config: MkDocsConfig) -> Files:
    return get_files(config)


@pytest.fixture
def plan(project: Path) -> Plan:
    """A page with a figure and a notebook, which have been made."""
    made = project / ".cache/pages"
    for name, text in {
        f"site/{FIGURE}": "<svg/>",
        f"site/{SHOWN}": "to be opened",
        f"shown/{SHOWN}": "to be shown",
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    path = project / "docs/tutorials/first.md"
    task = Task(path, "tutorials/first.md", "run", "derived", [FIGURE], SHOWN)
    return Plan(project / "docs", Results(made), [task])


def published(project: Path, files: Files, uri: str) -> bytes:
    files.src_uris[uri].copy_file()
    return (project / "site" / uri).read_bytes()


def test_figures_and_notebooks_are_published_where_pages_name_them(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    add_files(files, config, plan)
    assert b"<svg/>" == published(project, files, FIGURE)
    assert b"to be opened" == published(project, files, FILE)
    source = Path(files.src_uris[SHOWN].abs_src_path or "")
    assert "to be shown" == source.read_text(encoding="utf-8")


def test_assets_are_those_of_npm(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    add_files(files, config, plan)
    font = "katex/dist/fonts/KaTeX_Main-Regular.woff2"
    expected = (ROOT / "node_modules" / font).read_bytes()
    assert expected == published(project, files, "assets/katex/fonts/KaTeX_Main-Regular.woff2")
    sheet = published(project, files, "assets/katex/katex.min.css").decode()
    assert "KaTeX_Main-Regular.woff2" in sheet
    assert ".ttf" not in sheet
    assert ".ttf" in (ROOT / "node_modules/katex/dist/katex.min.css").read_text(encoding="utf-8")


def test_the_wheel_is_published_that_notebooks_install(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    add_files(files, config, plan)
    package = wheel()
    assert package.file.read_bytes() == published(project, files, package.uri)


def test_the_feed_is_that_of_the_change_log(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    (project / "CHANGELOG.md").unlink()
    (project / "CHANGELOG.md").write_text("## [0.7.0] - 2027-03-01\n\n- One.\n", encoding="utf-8")
    add_files(files, config, plan)
    feed = ET.fromstring(published(project, files, "feed.xml"))  # noqa: S314 (our own)
    titles = [title.text or "" for title in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert any("0.7.0" in title for title in titles)


def test_assets_that_are_missing_stop_the_build(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    (project / "node_modules").unlink()
    with pytest.raises(PluginError, match="is missing: run `npm ci`"):
        add_files(files, config, plan)


def test_a_change_log_without_a_version_stops_the_build(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    (project / "CHANGELOG.md").unlink()
    (project / "CHANGELOG.md").write_text("# Changes\n", encoding="utf-8")
    with pytest.raises(PluginError, match=r"CHANGELOG\.md: .*has no version"):
        add_files(files, config, plan)


def test_a_page_that_has_moved_leaves_a_redirect(
    project: Path, files: Files, config: MkDocsConfig, plan: Plan
) -> None:
    config.extra["redirects"] = {"part/old.md": "index.md"}
    add_files(files, config, plan)
    page = published(project, files, "part/old/index.html").decode()
    assert '<a href="../../">' in page
    assert '<link rel="canonical" href="https://example.org/ours/">' in page


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("index.md", "index.md", "index.md has not moved, it is still there"),
        ("gone.md", "nowhere.md", "gone.md leads to nowhere.md, which does not exist"),
    ],
)
def test_a_redirect_that_cannot_be_stops_the_build(
    files: Files, config: MkDocsConfig, old: str, new: str, message: str
) -> None:
    config.extra["redirects"] = {old: new}
    with pytest.raises(PluginError, match=message):
        add_redirects(files, config)


def test_the_live_runtime_is_loaded_as_a_module(
    project: Path, files: Files, config: MkDocsConfig
) -> None:
    for name in ("assets/abc/live.js", "assets/abc/snippets.css", "runtime/1.0-def/pyodide.mjs"):
        (project / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "made" / name).write_text(name, encoding="utf-8")
    made = project / "made"
    add_live(files, config, Live(Runtime(made / "runtime/1.0-def"), made / "assets/abc"))
    (script,) = config.extra_javascript
    assert ("assets/live/abc/live.js", "module") == (str(script), script.type)  # type: ignore[union-attr]
    assert ["assets/live/abc/snippets.css"] == config.extra_css
    assert b"assets/abc/live.js" == published(project, files, str(script))
    assert b"assets/abc/snippets.css" == published(project, files, config.extra_css[0])
    runtime = "assets/pyodide/1.0-def/pyodide.mjs"
    assert b"runtime/1.0-def/pyodide.mjs" == published(project, files, runtime)


def test_without_a_runtime_pages_load_nothing_more(files: Files, config: MkDocsConfig) -> None:
    before = set(files.src_uris)
    add_live(files, config, None)
    assert before == set(files.src_uris)
    assert [] == config.extra_javascript
    assert [] == config.extra_css
