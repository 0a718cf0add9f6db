"""A record of a figure names all that is drawn, with positions that can be reckoned by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from sitegen.figures.palettes import STYLE
from sitegen.figures.record import Record, differences, parse, record, to_text
from sitegen.figures.svg import to_svg

Drawn = Callable[[Callable[[Axes], object]], Record]


@pytest.fixture
def drawn() -> Iterator[Drawn]:
    """Draw in axes from 0 to 10, and return the record of the figure."""

    def draw(what: Callable[[Axes], object]) -> Record:
        figure, ax = plt.subplots()
        ax.set(xlim=(0, 10), ylim=(0, 10))
        what(ax)
        to_svg(figure)
        return record(figure)

    with mpl.rc_context(STYLE):
        yield draw
    plt.close("all")


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (
            lambda ax: ax.plot([0, 5], [10, 0], "--o", color="C1"),
            {
                "line 1": "C1 -- o, 2 points",
                "line 1, x": "0.00% 50.00% ± 25.00%",
                "line 1, y": "100.00% 0.00% ± 50.00%",
            },
        ),
        (
            lambda ax: ax.plot(range(16), range(16)),
            {"line 1, x": "5.00% 25.00% 45.00% 65.00% 85.00% 105.00% 125.00% 145.00% ± 46.10%"},
        ),
        (lambda ax: ax.plot([1, 2, 3], [1, np.nan, 3]), {"line 1": "C0 -, 2 points"}),
        (lambda ax: ax.axhline(5), {"line 1, x": "0.00% 100.00% ± 50.00%"}),
        (
            lambda ax: ax.semilogy([1, 2], [1, 100]) and ax.set_ylim(1, 1e4),
            {"line 1, y": "0.00% 50.00% ± 25.00%", "y axis": "log from 1.0000 to 10000."},
        ),
        (
            lambda ax: ax.scatter([1, 2], [3, 4]),
            {"collection 1": "C0, 2 points", "collection 1, x": "10.00% 20.00% ± 5.00%"},
        ),
        (
            lambda ax: ax.scatter([1, 2], [3, 4], c=[0, 1]),
            {"collection 1": "viridis, 2 points", "collection 1, colour": "0.00% 100.00% ± 50.00%"},
        ),
        (
            lambda ax: ax.quiver([1, 2], [3, 4], [0, 4], [5, 3]),
            {
                "collection 1, x": "10.00% 20.00% ± 5.00%",
                "collection 1, arrows along x": "0.00% 80.00% ± 40.00%",
                "collection 1, arrows along y": "100.00% 60.00% ± 20.00%",
            },
        ),
        (
            lambda ax: ax.bar(["a", "b"], [5, 10], color=["C2", "gray"]),
            {"patches": "2 in C2 #808080, 8 points", "patches, colour": "0.00% 100.00% ± 50.00%"},
        ),
        (
            lambda ax: ax.axvspan(2, 4),
            {
                "patches, x": "20.00% 20.00% 40.00% 40.00% ± 10.00%",
                "patches, y": "0.00% 100.00% 0.00% 100.00% ± 50.00%",
            },
        ),
        (
            lambda ax: ax.scatter([1, 2, 3], [1, 1, 1], s=[5, 10, 20], c=["C1", "C0", "C1"]),
            {
                "collection 1, colour": "0.00% 100.00% 0.00% ± 47.14%",
                "collection 1, size": "25.00% 50.00% 100.00% ± 31.18%",
            },
        ),
        (
            lambda ax: ax.annotate("here", (1, 2), (5, 5), arrowprops={}),
            {"text 1, x": "50.00%", "text 1, points to": "10.00% 20.00%"},
        ),
        (lambda ax: ax.table([["1", "2"], ["3", "4"]]), {"artist 1": "1 | 2 | 3 | 4"}),
        (
            lambda ax: ax.inset_axes((0.2, 0.5, 0.4, 0.3)).plot([0, 1], [3, 4]),
            {"inset 1": "20.00% 50.00% 60.00% 80.00%", "inset 1, line 1": "C0 -, 2 points"},
        ),
        (
            lambda ax: ax.secondary_xaxis("top", functions=(lambda x: 2 * x, lambda x: x / 2)),
            {"inset 1, x axis": "function from 0.0000 to 20.000"},
        ),
        (
            lambda ax: ax.imshow([[0, 1], [0, 3]], cmap="gray"),
            {
                "image 1": "2 by 2, gray",
                "image 1, across": "0.00% 66.67% ± 33.33%",
                "image 1, down": "16.67% 50.00% ± 16.67%",
            },
        ),
        (
            lambda ax: ax.text(5, 2, "two\nwords"),
            {"text 1": "two words", "text 1, x": "50.00%", "text 1, y": "20.00%"},
        ),
        (
            lambda ax: ax.set(title="all", xlabel="time", xticks=[1, 2], xticklabels=["a", "b"]),
            {"title": "all", "x axis": "linear from 0.0000 to 10.000, at a | b, time"},
        ),
        (
            lambda ax: ax.set_title("on the left", loc="left") and ax.text(0, 0, ""),
            {"title": "on the left", "text 1": None, "text 1, x": "0.00%"},
        ),
        (lambda ax: ax.plot([], []), {"line 1": "C0 -, 0 points", "line 1, x": "nowhere"}),
        (
            lambda ax: ax.contour([[0, 1], [1, 0]], levels=[0.5, 7]),
            {"collection 1": "viridis, 4 points"},
        ),
        (
            lambda ax: ax.contour([[0, 1], [1, 0]], levels=[0.5], colors=["C0"]),
            {"collection 1": "own colours, 4 points"},
        ),
        (
            lambda ax: ax.plot([1, 2], [-1, 100]) and ax.set(yscale="log", ylim=(1, 1e4)),
            {"line 1, y": "-100.00% 50.00% ± 75.00%"},
        ),
        (lambda ax: ax.imshow(np.ones((2, 3, 3))), {"image 1": "2 by 3 by 3, in colour"}),
        (lambda ax: ax.invert_xaxis(), {"x axis": "linear from 10.000 to 0.0000"}),
        (lambda ax: ax.plot([1], [1], label="one") and ax.legend(), {"legend": "one"}),
    ],
)
def test_positions_are_percentages_of_the_axes(
    drawn: Drawn, draw: Callable[[Axes], object], expected: dict[str, str]
) -> None:
    found = drawn(draw)
    assert expected == {key: found.get(f"axes 1, {key}") for key in expected}


def test_axes_in_space_are_seen_from_somewhere() -> None:
    figure = plt.figure()
    ax: Any = figure.add_subplot(projection="3d")
    ax.plot([0, 1], [0, 1], [0, 1])
    ax.set(xlabel="east", zlabel="up")
    ax.text(0.5, 0.5, 0.5, "in the middle")
    ax.set_proj_type("ortho")
    ax.view_init(30, -45)
    to_svg(figure)
    found = record(figure)
    assert "30.0 and -45.0 degrees" == found["axes 1, seen from"]
    assert "east | | up" == " ".join(found["axes 1, labels"].split())
    assert found["axes 1, line 1"].endswith(" -, 2 points")
    ends = [float(end[:-1]) for end in found["axes 1, line 1, y"].split(" ± ")[0].split()]
    assert sum(ends) / 2 == pytest.approx(float(found["axes 1, text 1, y"][:-1]), abs=0.2)
    plt.close(figure)


def test_what_is_written_is_read_again(drawn: Drawn) -> None:
    one = drawn(lambda ax: ax.set(title="a: b [c] # d"))
    two = drawn(lambda ax: ax.plot([1, 2]))
    text = to_text("page.md", {"one": one, "two": two})
    assert {"one": one, "two": two} == parse(text)


@pytest.mark.parametrize(
    ("old", "new", "n_differences"),
    [
        ("10.00% 50.00%", "10.08% 49.92%", 0),
        ("10.00% 50.00%", "10.12% 50.00%", 1),
        ("0.00%", "-0.06%", 0),
        ("0.0%", "0.0% 0.0%", 1),
        ("linear from -5.0000 to 105.00", "linear from -5.0001 to 105.02", 0),
        ("linear from -5.0000 to 105.00", "linear from -5.0100 to 105.00", 1),
        ("log from 1.000e-05 to 1.000", "log from 1.000e-04 to 1.000", 1),
        ("C0 -, 1000 points", "C0 -, 1001 points", 1),
    ],
)
def test_what_is_too_little_to_be_seen_is_no_difference(
    old: str, new: str, n_differences: int
) -> None:
    assert n_differences == len(differences({"key": old}, {"key": new}))
    assert n_differences == len(differences({"key": new}, {"key": old}))
