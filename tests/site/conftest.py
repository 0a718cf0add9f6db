"""What tests of the built site have in common."""

from pathlib import Path
from typing import Any

import pytest

from tests.site.looks import DEVICES, Looks, look


@pytest.fixture(scope="session")
def paths(site: Path) -> list[str]:
    """Return the paths of all pages, that of the error 404 among them, without those that have moved."""
    return [
        file.relative_to(site).as_posix().removesuffix("index.html")
        for file in sorted(site.rglob("*.html"))
        if 'http-equiv="refresh"' not in file.read_text(encoding="utf-8")
    ]


@pytest.fixture(scope="session", params=DEVICES)
def looks(request: pytest.FixtureRequest, browser: Any, address: str, paths: list[str]) -> Looks:
    """Look at every page with each device."""
    return look(browser, request.param, address, paths)
