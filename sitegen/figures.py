"""From Matplotlib figures to SVG files for light and dark pages.

A figure is drawn once, in marker colours that nothing else uses; each palette then replaces them.
"""

import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a builder that only places figures need not wait for Matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PALETTES", "STYLE", "fault", "size", "to_svg", "with_palette"]

# Text and axes, grid, and the ground behind legends; then the cycle of line colours. Every line
# colour stands out on both grounds by at least 3 : 1 (WCAG 2.2, 1.4.11), text by at least 7 : 1.
_LIGHT = ["#1b1f27", "#d5d8df", "#ffffff"]
_LIGHT_CYCLE = ["#0b63b0", "#c2410c", "#15803d", "#7c3aed", "#be123c", "#0e7490"]
_DARK = ["#e3e6ee", "#454b5a", "#1c2029"]
_DARK_CYCLE = ["#6cb6ff", "#fb923c", "#4ade80", "#c4b5fd", "#fb7185", "#22d3ee"]

_INK, _GRID, _PAPER = "#010203", "#d0d1d3", "#fefdfb"
_CYCLE = ["#0a64b1", "#c3420d", "#16813e", "#7d3bee", "#bf133d", "#0f7591"]
PALETTES = {
    "light": dict(zip([_INK, _GRID, _PAPER, *_CYCLE], _LIGHT + _LIGHT_CYCLE, strict=True)),
    "dark": dict(zip([_INK, _GRID, _PAPER, *_CYCLE], _DARK + _DARK_CYCLE, strict=True)),
}

STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": _INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.prop_cycle": f"cycler('color', {_CYCLE})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes3d.xaxis.panecolor": "none",
    "axes3d.yaxis.panecolor": "none",
    "axes3d.zaxis.panecolor": "none",
    "boxplot.boxprops.color": _INK,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "figure.figsize": (5.8, 3.7),
    "font.size": 12,
    "grid.color": _GRID,
    "image.cmap": "viridis",
    "legend.edgecolor": _GRID,
    "legend.facecolor": _PAPER,
    "legend.framealpha": 0.85,
    "lines.linewidth": 2.0,
    "mathtext.fontset": "cm",
    "patch.edgecolor": _INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "calcguide",  # the same figure gives the same bytes
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}

_FIXED = re.compile(r"(?:fill|stroke): #(?:000000|ffffff)")


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


def with_palette(svg: str, palette: str) -> str:
    """Replace the marker colours of a figure by those of a palette, ``light`` or ``dark``."""
    colours = PALETTES[palette]
    return re.sub("|".join(colours), lambda match: colours[match[0]], svg)


def size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels, from the first tag of the file."""
    match = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if match is None:
        raise ValueError("the SVG has no viewBox that starts at 0 0")
    return round(float(match[1]) * 4 / 3), round(float(match[2]) * 4 / 3)


def fault(figure: "Figure", svg: str) -> str | None:
    """Say what is wrong with a drawn figure, if anything is."""
    if not figure.axes or any(_is_empty(axes) for axes in figure.axes):
        return "the figure is empty: nothing is drawn in one of its axes; draw there, or remove the axes"
    if overhang := _overhang(figure):
        return (
            f"the figure is cut off: something reaches {overhang:.2f} inches beyond its edge; "
            "shorten the text, or make the figure larger"
        )
    if match := _FIXED.search(svg):
        return (
            f"the figure draws in a fixed black or white ({match[0]}), which vanishes in one of the "
            "palettes; leave colours to the style, or use C0 to C5 and gray"
        )
    return None


def _overhang(figure: "Figure") -> float:
    """How far the drawing reaches beyond the figure, if by more than a hair, in inches."""
    drawn = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    overhang = max(-drawn.x0, -drawn.y0, drawn.x1 - width, drawn.y1 - height)
    return overhang if overhang > 0.05 else 0.0


def _is_empty(axes: "Axes") -> bool:
    import numpy as np

    if not axes.has_data():
        return True
    lines = axes.get_lines()
    others = len(axes.collections) + len(axes.images) + len(axes.patches)
    return not others and not any(
        np.isfinite(np.asarray(line.get_xydata(), dtype=float)).all(axis=1).any() for line in lines
    )
