"""Every page has a picture of its title for those who share it."""

from pathlib import Path

import pytest
from PIL import Image, ImageFont

from sitegen.assets import social_card
from sitegen.assets.npm import TEXT_FONT
from sitegen.common.html import attribute, parse
from sitegen.pages.sources import page_files

ROOT = Path(__file__).parents[3]
HOME = "https://calcguide.github.io/calcguide/"


@pytest.fixture(scope="module")
def metas(site: Path) -> list[dict[str, str]]:
    """Return what each page that is for sharing says of itself: those with an address of their own."""
    found = []
    for path in sorted(site.rglob("*.html")):
        tree = parse(path.read_text(encoding="utf-8"))
        address = HOME + path.relative_to(site).as_posix().removesuffix("index.html")
        if any(attribute(link, "href") == address for link in tree.css('link[rel="canonical"]')):
            metas = tree.css("meta[property][content]")
            found.append({attribute(one, "property"): attribute(one, "content") for one in metas})
    assert len(found) > len(page_files(ROOT / "docs")) - 1
    return found


def test_a_card_is_drawn_once_and_again_when_its_words_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(social_card.DRAWN, "folder", tmp_path)
    first = social_card.card("Title", "Text")
    written = first.stat().st_mtime_ns
    assert social_card.card("Title", "Text") == first
    assert written == first.stat().st_mtime_ns
    assert social_card.card("Title", "Other text") != first


def test_every_page_has_a_picture_for_sharing(metas: list[dict[str, str]], site: Path) -> None:
    for meta in metas:
        address = meta["og:image"]
        assert address.startswith(HOME), "others need an absolute address"
        path = site / address.removeprefix(HOME)
        with Image.open(path) as picture:
            assert "PNG" == picture.format
            assert (1200, 630) == picture.size
        assert path.stat().st_size < 60_000
        assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
    assert len(metas) == len({meta["og:image"] for meta in metas})


def test_the_font_of_the_cards_has_every_character(metas: list[dict[str, str]]) -> None:
    used = {char for meta in metas for key in ("og:title", "og:description") for char in meta[key]}
    font = ImageFont.truetype(str(ROOT / TEXT_FONT), 40)
    missing = bytes(font.getmask("\uffff"))
    assert [] == sorted(char for char in used - {" "} if bytes(font.getmask(char)) == missing)
