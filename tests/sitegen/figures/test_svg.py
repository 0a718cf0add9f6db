"""Figures are drawn as Matplotlib saves them, with fewer digits on the site."""

import io
from collections.abc import Callable

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from sitegen.figures.palettes import STYLE
from sitegen.figures.svg import rounded, to_svg


def as_saved(figure: Figure) -> str:
    """What Matplotlib itself saves."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


@pytest.mark.parametrize("projection", [None, "3d"])
def test_a_figure_is_drawn_as_matplotlib_saves_it(projection: str | None) -> None:
    def drawn(draw: Callable[[Figure], str]) -> str:
        with plt.rc_context(STYLE):
            figure = plt.figure(facecolor="C3")
            flat, other = figure.add_subplot(121), figure.add_subplot(122, projection=projection)
            mappable = flat.contourf([[0, 1], [2, 3]])
            flat.set(aspect="equal", title="A long title", xlabel="$x^2$")
            flat.plot([0.2, 0.8], [0.1, 0.9], label="up")
            flat.legend()
            figure.colorbar(mappable, ax=flat)
            other.plot([0, 1], [0, 1])
            figure.suptitle("Both")
            try:
                return draw(figure)
            finally:
                plt.close(figure)

    svg = drawn(to_svg)
    assert len(svg) > 20_000
    assert drawn(as_saved).endswith(svg)


def test_drawings_lose_digits_that_no_screen_shows() -> None:
    svg = '<path d="M 1.234567 2.5&#10;L 10 0.123456" transform="scale(0.015625)"/>'
    expected = '<path d="M 1.23 2.5&#10;L 10 0.12" transform="scale(0.015625)"/>'
    assert expected == rounded(svg)
