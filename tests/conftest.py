"""Options of the test run."""

from pathlib import Path

import pytest


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
