"""Find faults in a drawn figure: empty axes, parts cut off, colours that vanish in a palette."""

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only the processes that draw need Matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["fault"]

_FIXED = re.compile(r"(?:fill|stroke): #(?:000000|ffffff)")
_FILLED = re.compile(r"\b(?:fill: |fill-opacity: 0(?![.\d]))")
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = {f"{_SVG}{tag}" for tag in ("path", "use", "text")}
_NOT_DRAWN = {f"{_SVG}defs", f"{_SVG}clipPath"}


def fault(figure: "Figure", svg: str) -> str | None:
    """Say what is wrong with a drawn figure, if anything is."""
    if not figure.axes or any(_is_empty(axes) for axes in figure.axes):
        return "the figure is empty: nothing is drawn in one of its axes; draw there, or remove the axes"
    if overhang := _overhang(figure):
        return (
            f"the figure is cut off: something reaches {overhang:.2f} inches beyond its edge; "
            "shorten the text, or make the figure larger"
        )
    if colour := _fixed(svg):
        return (
            f"the figure draws in a fixed black or white ({colour}), which vanishes in one of the "
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


def _fixed(svg: str) -> str | None:
    """Return a black or white in which something is drawn, if there is one."""
    if match := _FIXED.search(svg):
        return match[0]
    return "fill: #000000" if _has_default_fill(ET.fromstring(svg)) else None  # noqa: S314 (our own)


def _has_default_fill(node: ET.Element) -> bool:
    """Whether a shape has no fill of its own or of a group: it is black, which Matplotlib leaves out."""
    if node.tag in _NOT_DRAWN or _FILLED.search(node.get("style", "")):
        return False
    return node.tag in _SHAPES or any(map(_has_default_fill, node))
