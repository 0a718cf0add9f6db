"""Options of the test run; the built site, a server for it, and a browser."""

import io
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.once import once

ROOT = Path(__file__).parents[1]

BASE = "/calcguide/"  # where GitHub Pages serves the project, the path of site_url
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]


@pytest.fixture
def build_folder(tmp_path: Path) -> Path:
    """Return a folder with what a build needs of ours besides pages and settings."""
    (ROOT / ".cache/live").mkdir(parents=True, exist_ok=True)
    for name in ("node_modules", "CHANGELOG.md", "CITATION.cff", ".cache/live"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-outputs", action="store_true", help="rewrite the output fences of the pages"
    )
    parser.addoption(
        "--pages",
        action="append",
        type=Path,
        help="a folder of pages, or a page, to test in place of docs/ and README.md",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep tests together that share what is slow to make."""
    if config.getoption("dist") != "loadscope":
        return None
    from tests.scheduling import Scheduling

    return Scheduling(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a page, named by its path, so that ``-k STEM`` selects it."""
    if "page_path" not in metafunc.fixturenames:
        return
    from sitegen.pages.sources import page_files  # which the tests of the package go without

    roots = metafunc.config.getoption("--pages") or [Path("docs"), Path("README.md")]
    paths = [path for root in roots for path in (page_files(root) if root.is_dir() else [root])]
    metafunc.parametrize("page_path", paths, ids=[path.as_posix() for path in paths])


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this test run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def site(shared_folder: Path) -> Path:
    """Build the site strictly, or take the one that ``CALCGUIDE_SITE`` names."""
    if built := os.environ.get("CALCGUIDE_SITE"):
        return Path(built).resolve()
    return once(shared_folder / "site", build_site)


def build_site(folder: Path) -> None:
    # Not with --quiet, which takes the warnings from --strict.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    build = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if build.returncode:
        pytest.fail(f"the site cannot be built:\n{build.stdout}{build.stderr}", pytrace=False)


class Handler(SimpleHTTPRequestHandler):
    """Serves the site as GitHub Pages does: under its path, with our page for what is not found.

    The site map has the address of this server: only pages that it lists are opened without leaving the open one.
    """

    def send_head(self) -> Any:
        if self.path != f"{BASE}sitemap.xml":
            return super().send_head()
        published = Path(self.directory, "sitemap.xml").read_text(encoding="utf-8")
        here = f"http://{self.headers['Host']}{BASE}"
        body = re.sub(rf"https://[^/<]+{BASE}", here, published).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(BASE) if path.startswith(BASE) else "outside-of-the-site"
        return super().translate_path("/" + inside)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site; return the address of its home page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{BASE}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a Chromium; without one, skip, or fail where ``CALCGUIDE_REQUIRE_BROWSER`` is 1."""
    missing = pytest.fail if os.environ.get("CALCGUIDE_REQUIRE_BROWSER") == "1" else pytest.skip
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed")
    with sync_playwright() as playwright:
        if executable(playwright.chromium) is None:
            missing("there is no Chromium: install one, or run `playwright install chromium`")
        with closing(launch(playwright.chromium)) as chromium:
            yield chromium


@pytest.fixture
def read_browser(browser: Any) -> Iterator[Any]:
    """Return a Chromium that tells a screen reader all it shows."""
    with closing(launch(browser.browser_type, "--force-renderer-accessibility")) as chromium:
        yield chromium


def launch(chromium: Any, *arguments: str) -> Any:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    arguments = ("--no-sandbox", "--disable-gpu", *quiet, *arguments)
    return chromium.launch(executable_path=executable(chromium), args=list(arguments))


def executable(chromium: Any) -> str | None:
    own: str = chromium.executable_path
    return next(filter(None, map(shutil.which, BROWSERS)), own if Path(own).exists() else None)


SMALL_SITE = """\
INHERIT: {root}/mkdocs.yml
docs_dir: docs
theme: {{custom_dir: {root}/theme}}
hooks: [{root}/sitegen/builders/mkdocs_hook.py]
plugins: [search]
watch: []
nav:
  - Home: index.md
  - Tutorials:
      - First: tutorials/first.md
  - Case studies:
      - Overview: cases/index.md
"""


class SmallSite:
    """A project of a few pages, built as ours is, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.docs, self.site = root, root / "docs", root / "site"
        for name in ("index.md", "tutorials/first.md", "cases/index.md"):
            self.write(name, f"# Page {name}\n")
        (root / "mkdocs.yml").write_text(SMALL_SITE.format(root=ROOT.as_posix()), "utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a page."""
        (self.docs / name).parent.mkdir(parents=True, exist_ok=True)
        (self.docs / name).write_text(text, encoding="utf-8")

    def build(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Build strictly."""
        return subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", *options],
            cwd=self.root,
            # Two builds give the same bytes on whatever day they are.
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture
def small_site(build_folder: Path) -> SmallSite:
    """Return a small project: ours must stay as it is."""
    return SmallSite(build_folder)
