"""What a snippet shows is kept for the page, once and in order."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest

from sitegen.figures import backend
from sitegen.figures.svg import to_svg


@pytest.fixture(autouse=True)
def used() -> Iterator[None]:
    before = plt.get_backend()
    plt.switch_backend(f"module://{backend.__name__}")
    yield
    backend.take_shown()
    plt.close("all")
    plt.switch_backend(before)


def test_a_text_can_be_measured_before_it_is_drawn() -> None:
    """The drawing of a tree in scikit-learn does so."""
    figure = plt.figure()
    small, large = (figure.text(0, 0, "words", size=size) for size in (10, 20))
    measured = [text.get_window_extent(figure.canvas.get_renderer()) for text in (small, large)]
    assert 2 == pytest.approx(measured[1].width / measured[0].width, rel=0.1)


def test_figures_that_are_shown_are_taken_once_and_closed() -> None:
    first, second = plt.figure(), plt.figure()
    assert [] == backend.take_shown(), "they are open, but have not been shown"
    plt.show()
    assert [] == plt.get_fignums()
    third = plt.figure(label="third")
    plt.show()
    assert [first, second, third] == backend.take_shown()
    assert [] == backend.take_shown()
    plt.show()
    assert [] == backend.take_shown(), "nothing is open"


def test_the_figure_that_was_active_comes_last() -> None:
    """As in Jupyter, so that the notebook of a page shows its figures in the same order."""
    first, second = plt.figure(1), plt.figure(2)
    plt.figure(1)
    plt.show()
    assert [second, first] == backend.take_shown()


def test_a_figure_that_is_closed_before_is_not_shown() -> None:
    plt.figure()
    plt.close()
    plt.show()
    assert [] == backend.take_shown()


def test_show_does_not_wait_even_where_it_is_told_to() -> None:
    figure = plt.figure()
    plt.show(block=True)
    assert [figure] == backend.take_shown()


def test_a_figure_can_be_drawn_after_it_is_closed() -> None:
    plt.plot([1, 2], [3, 4], gid="the-line")
    plt.show()
    (figure,) = backend.take_shown()
    assert 'id="the-line"' in to_svg(figure)
