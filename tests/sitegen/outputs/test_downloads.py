"""The site offers the copies of it that there are, and no others."""

import re
import shutil
from pathlib import Path

import pytest

from sitegen.outputs import downloads

TUTORIAL = "tutorials/vector-calculus/index.html"


@pytest.fixture
def small(site: Path, tmp_path: Path) -> Path:
    """Return a site of three pages, without downloads."""
    for name in ("index.html", downloads.PAGE, "search/search_index.json", TUTORIAL):
        target = tmp_path / "site" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site / name, target)
    return tmp_path / "site"


def offered(site: Path) -> list[str]:
    html = (site / downloads.PAGE).read_text(encoding="utf-8")
    return re.findall(r'href="([^"]+)" download', html)


def test_only_what_there_is_is_offered(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "find_chromium", lambda: None)
    monkeypatch.delenv("CALCGUIDE_REQUIRE_BROWSER", raising=False)
    for _ in range(2):  # the second time the links are there already
        downloads.make(small, lambda message: None)
        assert [f"../{downloads.FOLDER}/{downloads.ARCHIVE}"] == offered(small)
        assert (small / downloads.FOLDER / downloads.ARCHIVE).is_file()


def test_a_published_site_may_not_lack_its_pdf(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "find_chromium", lambda: None)
    monkeypatch.setenv("CALCGUIDE_REQUIRE_BROWSER", "1")
    with pytest.raises(RuntimeError, match="there is no Chromium"):
        downloads.make(small)
