"""Draw a Matplotlib figure as SVG, measure the drawing, and round its paths."""

import io
import re
from typing import TYPE_CHECKING, Any

from sitegen.figures.palettes import STYLE

if TYPE_CHECKING:  # a builder that only places figures need not wait for Matplotlib
    from matplotlib.figure import Figure

__all__ = ["rounded", "size", "to_svg"]

_PATH = re.compile(r'\sd="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")


def to_svg(figure: "Figure") -> str:
    """Draw a figure, in marker colours."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure.set_facecolor(STYLE["savefig.facecolor"])
    buffer, metadata = io.StringIO(), {"Date": None, "Creator": None}
    if any(axes.name == "3d" for axes in figure.axes):
        figure.savefig(buffer, format="svg", metadata=metadata)
    else:
        # To save draws all twice, the first time to lay it out; only axes in space need that.
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(buffer, metadata=metadata)
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]


def size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels, from the first tag of the file."""
    match = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if match is None:
        raise ValueError("the SVG has no viewBox that starts at 0 0")
    return round(float(match[1]) * 4 / 3), round(float(match[2]) * 4 / 3)


def rounded(svg: str) -> str:
    """Round the paths of a drawing to a hundredth of a point."""
    return _PATH.sub(lambda path: _DIGITS.sub(r"\1", path[0]), svg)
