"""The colours of figures can be seen in both palettes."""

import pytest

from sitegen.figures.palettes import PALETTES


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2 (its section 'contrast ratio')."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted([luminance(first), luminance(second)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_colour_stands_out_on_its_ground(palette: str) -> None:
    ink, _, paper, *cycle = PALETTES[palette].values()
    assert contrast(ink, paper) >= 7
    assert [] == [colour for colour in cycle if contrast(colour, paper) < 3]
