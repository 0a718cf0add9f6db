"""Addresses that have been published go on working, be it by a redirect."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.outputs.feed import versions

ROOT = Path(__file__).parents[2]
HOME = "https://calcguide.github.io/calcguide/"
LIST = Path(__file__).with_name("addresses.txt")


def published() -> list[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_what_has_been_published_is_still_there(site: Path) -> None:
    lost = [address for address in published() if not (site / address / "index.html").is_file()]
    assert [] == lost, (
        "these addresses have been published, and others link to them. Where has each page gone? "
        "Say so under redirects in mkdocs.yml, such as `tutorials/old.md: tutorials/new.md`"
    )


def test_at_a_release_all_pages_are_on_the_list(site: Path) -> None:
    newest = versions((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))[0]
    site_map = (site / "sitemap.xml").read_text(encoding="utf-8")
    there = [url.removeprefix(HOME) for url in re.findall(r"<loc>([^<]+)</loc>", site_map)]
    assert len(there) >= len(published()) > 20
    missing = sorted({address or "." for address in there} - set(published()))
    if newest.released:
        assert [] == missing, f"add these lines to {LIST.relative_to(ROOT)}, for they are published"


# A site of two pages, one of which has moved

CONFIG = f"""\
site_name: Moved
site_url: {HOME}
strict: true
plugins: []
theme: {{ name: null, custom_dir: theme }}
hooks: [hook.py]
extra:
  redirects:
    old.md: part/new.md#here
    part/older.md: index.md
"""
HOOK = """\
from sitegen.builders.site_files import add_redirects


def on_files(files, *, config):
    add_redirects(files, config)
    return files
"""


def build(folder: Path, config: str) -> subprocess.CompletedProcess[str]:
    for name, content in {
        "mkdocs.yml": config,
        "hook.py": HOOK,
        "theme/main.html": "<!doctype html><title>{{ page.title }}</title>{{ page.content }}",
        "docs/index.md": "# Home\n",
        "docs/part/new.md": "# New\n\n## Here\n\n## There\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from mkdocs.__main__ import cli; cli()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "build", "--quiet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small site."""
    folder = tmp_path_factory.mktemp("moved")
    done = build(folder, CONFIG)
    assert 0 == done.returncode, done.stderr
    return folder / "site"


def test_an_old_address_says_where_the_page_is(moved: Path) -> None:
    html = (moved / "old/index.html").read_text(encoding="utf-8")
    assert 'content="0; url=../part/new/#here"' in html
    assert f'<link rel="canonical" href="{HOME}part/new/">' in html
    assert '<meta name="robots" content="noindex">' in html
    assert '<a href="../part/new/#here">' in html
    assert 'url=../../"' in (moved / "part/older/index.html").read_text(encoding="utf-8")
    assert "old" not in (moved / "sitemap.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("old/index.html", "part/new/#here"),
        ("old/index.html#there", "part/new/#there"),
        ("part/older/index.html", ""),
    ],
)
def test_a_browser_gets_there_and_keeps_the_section(
    browser: Any, moved: Path, asked: str, reached: str
) -> None:
    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(HOME).partition("#")[0]
        route.fulfill(path=moved / path / ("" if path.endswith(".html") else "index.html"))

    with closing(browser.new_page()) as page:
        page.route("**/*", answer)
        page.goto(HOME + asked)
        page.wait_for_url(HOME + reached)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("part/new.md: index.md", "part/new.md has not moved, it is still there"),
        ("gone.md: nowhere.md", "gone.md leads to nowhere.md, which does not exist"),
    ],
)
def test_a_wrong_redirect_stops_the_build(tmp_path: Path, line: str, message: str) -> None:
    done = build(tmp_path, f"{CONFIG}    {line}\n")
    assert done.returncode
    assert message in done.stdout + done.stderr
