"""Cards are drawn the same each time, and words stay on them."""

import pytest

from sitegen.assets import social_card_drawing


def test_a_card_has_the_same_bytes_each_time_and_shows_its_words() -> None:
    assert social_card_drawing.draw("Title", "Text") == social_card_drawing.draw("Title", "Text")
    assert social_card_drawing.draw("Title", "Text") != social_card_drawing.draw("Titles", "Text")


@pytest.mark.parametrize("title", ["Gradient descent " * 8, "Unbreakable" * 6])
def test_a_long_title_stays_on_its_card(title: str) -> None:
    lines = social_card_drawing.layout(title, "Some words. " * 60)
    assert max(line.y + line.size for line in lines) <= 630 - 14
    for line in lines:
        assert (
            line.x + social_card_drawing.font(line.size, line.weight).getlength(line.text) <= 1200
        )
