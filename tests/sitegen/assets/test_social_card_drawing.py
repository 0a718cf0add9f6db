"""A card shows its words, all of them, and each time alike."""

import pytest

from sitegen.assets.social_card_drawing import draw, font, layout


def test_a_card_has_the_same_bytes_each_time_and_shows_its_words() -> None:
    assert draw("Title", "Text") == draw("Title", "Text")
    assert draw("Title", "Text") != draw("Titles", "Text")


@pytest.mark.parametrize("title", ["Gradient descent " * 8, "Unbreakable" * 6])
def test_a_long_title_stays_on_its_card(title: str) -> None:
    lines = layout(title, "Some words. " * 60)
    assert max(line.y + line.size for line in lines) <= 630 - 14
    for line in lines:
        assert line.x + font(line.size, line.weight).getlength(line.text) <= 1200
