"""Whether what a figure draws stands out from what is behind it, on a light page and on a dark one."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from sitegen.figures.ink import RGBA, Ink, Points
from sitegen.figures.palettes import PALETTES, PAPER

__all__ = ["blurred", "contrast"]

RGB = tuple[float, float, float]

# The least contrast of text (WCAG 2.2, 1.4.3) and of graphical objects (1.4.11). What is translucent is to be faint,
# and is seen nevertheless; an area more easily than a line.
TEXT, SHAPE, FAINT_SHAPE, AREA, TINT = 4.5, 3.0, 1.5, 1.4, 1.1
SMALL = 20.0  # points: an area that is no larger is a marker, and has to be seen like a line
ADVICE = {
    "text": "leave colours of texts and of what is behind them to the style, or put the text elsewhere; "
    "a table has white cells: set their facecolor to none and their edgecolor to gray",
    "line": "leave colours to the style, or use C0 to C5, and gray for lines, which change with the page "
    "or are seen on both; what is black or white, or in a colour map, whatever the style says needs a colour "
    "of its own, such as the arrows of quiver and the error bars of bar",
}
SAMPLES = 9  # points of a line at which the ground is looked up


def blurred(figure: Figure, drawn: list[Ink]) -> str | None:
    """Name something in a drawing that a reader cannot tell from its ground, if there is anything.

    Colours of the palettes pass, because they change with the page, and so do areas in the colours of a colour map
    and shaded surfaces; text has to stand out in any colour, and from whatever is behind it. An area is seen
    if its outline is, and an outline if its area is.
    """
    mapped = _mapped(figure)
    behind: list[Ink] = []
    for _, parts in groupby(drawn, key=lambda ink: ink.shape):
        shape = [ink for ink in parts if ink.box is not None]
        needed = [_least(ink, mapped) for ink in shape]
        for palette in PALETTES if shape and all(needed) else ():
            ratios = [_ratio(ink, behind, palette) for ink in shape]
            if all(ratio < least for ratio, least in zip(ratios, needed, strict=True)):
                return _message(shape[0], ratios[0], needed[0], palette)
        behind += [ink for ink in shape if ink.kind in ("area", "image")]
    return None


def _message(ink: Ink, ratio: float, least: float, palette: str) -> str:
    colour = to_hex(_seen(ink.colour, palette))
    what = {"text": f"the text {ink.words!r}", "line": "a line"}.get(ink.kind, "an area")
    return (
        f"{what} in {colour} has a contrast of {ratio:.1f} : 1 on a {palette} page, and needs {least:g} : 1; "
        + ADVICE["text" if ink.kind == "text" else "line"]
    )


def contrast(first: RGB, second: RGB) -> float:
    """Return the contrast ratio of WCAG 2.2 between two opaque colours."""
    darker, lighter = sorted(map(_luminance, (first, second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: RGB) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _least(ink: Ink, mapped: set[str]) -> float:
    """The contrast that something needs, or 0."""
    if ink.kind == "text":
        return TEXT
    colour, opaque = to_hex(ink.colour[:3]), ink.colour[3] == 1
    is_area = ink.kind != "line"
    if ink.kind == "image" or colour in PALETTES["light"] or (is_area and colour in mapped):
        return 0.0
    is_large = is_area and ink.box is not None and max(ink.box.size) > SMALL
    if opaque:
        return AREA if is_large else SHAPE
    return TINT if is_large else FAINT_SHAPE


def _mapped(figure: Figure) -> set[str]:
    """The colours of areas that are coloured by a colour map, or shaded in space."""
    found: Iterable[Any] = figure.findobj(
        lambda artist: (
            isinstance(artist, ScalarMappable)
            and hasattr(artist, "get_facecolor")
            and (artist.get_array() is not None or _is_shaded(artist))
        )
    )
    return {
        to_hex(row[:3]) for artist in found for row in np.unique(artist.get_facecolor(), axis=0)
    }


def _is_shaded(artist: Any) -> bool:
    """Whether it is a surface in shades of one colour, of which some are seen on each page."""
    colours = np.unique(artist.get_facecolor()[:, :3], axis=0)
    papers = [to_rgb(PALETTES[palette][PAPER]) for palette in PALETTES]
    return (
        len(colours) > 1
        and hasattr(artist, "set_zsort")
        and all(
            max(contrast(tuple(colour), paper) for colour in colours) >= AREA for paper in papers
        )
    )


def _ratio(ink: Ink, behind: list[Ink], palette: str) -> float:
    """The contrast of a text where it is least, and of a shape to the page, or to what is behind the middle of it."""
    ratios = [contrast(_over(ink.colour, ground, palette), ground)
              for ground in _grounds(ink, behind, palette)]  # fmt: skip
    if ink.kind == "text":
        return min(ratios)
    paper = to_rgb(PALETTES[palette][PAPER])
    return max(contrast(_over(ink.colour, paper, palette), paper), float(np.median(ratios)))


def _grounds(ink: Ink, behind: list[Ink], palette: str) -> Iterator[RGB]:
    """The colour of the ground at some points of a shape or a text."""
    for point in _sample(ink):
        ground = to_rgb(PALETTES[palette][PAPER])
        for area in behind:
            if area.path is not ink.path and area.covers(point):
                ground = _over(area.colour_at(point), ground, palette)
        yield ground


def _sample(ink: Ink) -> Points:
    """Points along an outline, or inside the box of a text."""
    points = ink.points
    if ink.kind == "text":
        centre = points.mean(axis=0)
        return np.vstack([centre, (points + centre) / 2])
    places = np.linspace(0, len(points) - 1, SAMPLES)
    return np.column_stack([np.interp(places, np.arange(len(points)), axis) for axis in points.T])


def _over(colour: RGBA, ground: RGB, palette: str) -> RGB:
    """What is seen of a colour on an opaque ground."""
    alpha = colour[3]
    red, green, blue = (
        alpha * above + (1 - alpha) * below
        for above, below in zip(_seen(colour, palette), ground, strict=True)
    )
    return red, green, blue


def _seen(colour: RGBA, palette: str) -> RGB:
    """A colour after the colours of a palette have replaced the marker colours."""
    name = to_hex(colour[:3])
    return to_rgb(PALETTES[palette].get(name, name))
