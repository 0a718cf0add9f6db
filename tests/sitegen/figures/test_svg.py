"""Drawings are made smaller without a visible change."""

from sitegen.figures.svg import rounded


def test_drawings_lose_digits_that_no_screen_shows() -> None:
    svg = '<path d="M 1.234567 2.5&#10;L 10 0.123456" transform="scale(0.015625)"/>'
    expected = '<path d="M 1.23 2.5&#10;L 10 0.12" transform="scale(0.015625)"/>'
    assert expected == rounded(svg)
