"""Options of the test run."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def build_folder(tmp_path: Path) -> Path:
    """Return a folder with what a build needs of ours besides pages and settings."""
    (ROOT / ".cache/live").mkdir(parents=True, exist_ok=True)
    for name in ("node_modules", "CHANGELOG.md", ".cache/live"):
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a page, named by its path, so that ``-k STEM`` selects it."""
    if "page_path" not in metafunc.fixturenames:
        return
    roots = metafunc.config.getoption("--pages") or [Path("docs"), Path("README.md")]
    paths = [path for root in roots for path in (sorted(root.rglob("*.md")) or [root])]
    metafunc.parametrize("page_path", paths, ids=[path.as_posix() for path in paths])
