"""What the site publishes from npm packages is there, and what no browser asks for is not."""

import re
from pathlib import Path

import pytest

from sitegen.assets import npm
from sitegen.assets.npm import assets


def test_every_font_that_katex_asks_for_is_published() -> None:
    published = dict(assets())
    sheet = published["assets/katex/katex.min.css"]
    assert isinstance(sheet, str)
    asked = re.findall(r"url\(([^)]+)\)", sheet)
    assert len(asked) == sheet.count("@font-face") > 15
    assert {f"assets/katex/{font}" for font in asked} == {
        uri for uri in published if uri.startswith("assets/katex/fonts/")
    }


def test_every_file_is_there_and_the_licence_comes_along() -> None:
    published = dict(assets())
    assert all(source.is_file() for source in published.values() if isinstance(source, Path))
    assert "MIT License" in Path(published["assets/katex/LICENSE"]).read_text(encoding="utf-8")


def test_the_fonts_of_the_text_are_those_that_the_style_sheet_names() -> None:
    sheet = Path("theme/assets/styles/typography.css").read_text(encoding="utf-8")
    named = set(re.findall(r'url\("\.\./fonts/([^"]+)"\)', sheet))
    fonts = {Path(uri).name for uri, _ in assets() if uri.startswith("assets/fonts/")}
    assert 2 == len(named)
    assert named == fonts


def test_a_missing_package_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npm, "NODE_MODULES", tmp_path)
    with pytest.raises(
        FileNotFoundError, match="node_modules/katex/LICENSE is missing: run `npm ci`"
    ):
        list(assets())
