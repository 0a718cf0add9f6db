"""Say in a few lines what a drawn figure shows, and where two such records differ.

A record holds what every supported Matplotlib draws alike: sizes, axes, texts, and of each artist how it looks and
where it is. Positions are percentages of the axes, means over up to eight equal parts of the points, so that a record
is a coarse sketch of what is seen: rounding noise is as invisible in it as in the drawing.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sitegen.figures.palettes import STYLE

if TYPE_CHECKING:  # only the processes that draw need Matplotlib
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["Record", "differences", "parse", "record", "to_text"]

Record = Mapping[str, str]  # from what is described to the description

PARTS = 8
POINTS, RATIO = 0.1, 0.001  # by which percentages, and all other numbers with a point, may differ
_NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]\d+)?")
_EXPLANATION = """\
# What the figures of {page} show. `make update-outputs` writes this file; read the diff.
# Positions are in percent of the axes: means over up to eight equal parts of the points, and the spread of all.
"""


def record(figure: "Figure") -> Record:
    """Describe a figure that has been drawn."""
    import numpy as np

    with np.errstate(all="ignore"):  # what lies nowhere on an axis is left out
        return {key: value for key, value in _figure(figure) if value}


def differences(old: Record, new: Record) -> list[str]:
    """Say what two records of a figure do not have in common."""
    found = []
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            found.append(f"{key} is gone; it was {old[key]}")
        elif key not in old:
            found.append(f"{key} is new: {new[key]}")
        elif not _agree(old[key], new[key]):
            found.append(f"{key} was {old[key]}, is {new[key]}")
    return found


def to_text(page: str, records: Mapping[str, Record]) -> str:
    """Write the records of a page's figures, by their names."""
    sections = (
        f"\n[{name}]\n" + "".join(f"{key}: {value}\n" for key, value in one.items())
        for name, one in records.items()
    )
    return _EXPLANATION.format(page=page) + "".join(sections)


def parse(text: str) -> dict[str, Record]:
    """Read the records of a page's figures."""
    found: dict[str, Record] = {}
    for section in re.split(r"^\[", text, flags=re.MULTILINE)[1:]:
        name, _, lines = section.partition("]\n")
        found[name] = dict(line.split(": ", 1) for line in lines.splitlines() if line)
    return found


def _agree(old: str, new: str) -> bool:
    if _NUMBER.sub("#", old) != _NUMBER.sub("#", new):
        return False
    return all(
        math.isclose(float(a[0]), float(b[0]), abs_tol=POINTS, rel_tol=0)
        if old[a.end() : a.end() + 1] == "%"
        else math.isclose(float(a[0]), float(b[0]), rel_tol=RATIO)
        for a, b in zip(_NUMBER.finditer(old), _NUMBER.finditer(new), strict=True)
    )


def _figure(figure: "Figure") -> Iterator[tuple[str, str]]:
    width, height = figure.get_size_inches()
    yield "size", f"{width:.2f} by {height:.2f} inches"
    texts = (text for part in (figure, *figure.subfigs) for text in part.texts)
    for number, text in enumerate(texts, start=1):
        yield f"text {number}", _words(text.get_text())
    for number, legend in enumerate(figure.legends, start=1):
        yield f"legend {number}", _entries(legend)
    for number, axes in enumerate(figure.axes, start=1):
        for key, value in _axes(axes):
            yield f"axes {number}, {key}", value


def _axes(axes: Any) -> Iterator[tuple[str, str]]:
    if hasattr(axes, "get_title"):  # which a second scale has not
        titles = axes.get_title("left"), axes.get_title(), axes.get_title("right")
        yield "title", _words(" ".join(titles))
    if axes.name == "3d":  # its limits have margins that not every Matplotlib adds
        yield "seen from", f"{axes.elev:.1f} and {axes.azim:.1f} degrees"
        labels = (getattr(axes, f"{name}axis").get_label_text() for name in "xyz")
        yield "labels", " | ".join(map(_words, labels))
    elif axes.axison:
        yield "x axis", _axis(axes.xaxis)
        yield "y axis", _axis(axes.yaxis)
    if (legend := axes.get_legend()) is not None:
        yield "legend", _entries(legend)
    for number, line in enumerate(axes.lines, start=1):
        style = [line.get_linestyle(), line.get_marker()]
        words = [one for one in style if isinstance(one, str) and one not in ("None", "")]
        looks = " ".join([_colours([line.get_color()]), *words])
        yield from _placed(f"line {number}", looks, _points(axes, line))
    for number, collection in enumerate(axes.collections, start=1):
        yield from _collection(f"collection {number}", axes, collection)
    for number, image in enumerate(axes.images, start=1):
        yield from _image(f"image {number}", image)
    if axes.patches:
        import numpy as np

        colours = [patch.get_facecolor() for patch in axes.patches]
        points = np.concatenate([_corners(axes, patch) for patch in axes.patches])
        yield from _placed("patches", f"{len(axes.patches)} in {_colours(colours)}", points)
        yield "patches, colour", _order(colours)
    for number, text in enumerate(axes.texts, start=1):
        yield f"text {number}", _words(text.get_text())
        for axis, positions in zip("xy", _points(axes, text).T, strict=True):
            yield f"text {number}, {axis}", _course(positions)
        if getattr(text, "arrow_patch", None) and text.xycoords == "data":
            yield f"text {number}, points to", _target(axes, text)
    for number, artist in enumerate([*axes.tables, *axes.artists], start=1):
        yield f"artist {number}", " | ".join(_words(text.get_text()) for text in _texts(artist))
    for number, inset in enumerate(axes.child_axes, start=1):
        place = inset.get_window_extent().transformed(axes.transAxes.inverted())
        yield f"inset {number}", " ".join(_percent(100 * bound) for bound in place.extents)
        for key, value in _axes(inset):
            yield f"inset {number}, {key}", value


def _collection(name: str, axes: "Axes", collection: Any) -> Iterator[tuple[str, str]]:
    import numpy as np
    from matplotlib.collections import PathCollection
    from matplotlib.quiver import Quiver

    values, points = collection.get_array(), _points(axes, collection)
    if values is None:
        colours = [*collection.get_facecolor(), *collection.get_edgecolor()]
        yield from _placed(name, _colours(colours), points)
        yield f"{name}, colour", _order(collection.get_facecolor())
    else:
        yield from _placed(name, _colour_map(collection), points)
        yield f"{name}, colour", _course(100 * collection.norm(values.ravel()))
    if isinstance(collection, PathCollection) and np.ptp(sizes := collection.get_sizes()):
        yield f"{name}, size", _course(100 * sizes / sizes.max())
    if isinstance(collection, Quiver):
        arrows: Any = np.ma.stack([collection.U, collection.V])
        for axis, parts in zip("xy", 100 * arrows / np.hypot(*arrows).max(), strict=True):
            yield f"{name}, arrows along {axis}", _course(parts)


def _image(name: str, image: Any) -> Iterator[tuple[str, str]]:
    array = image.get_array()
    in_colour = array.ndim == 3
    colours = "in colour" if in_colour else _colour_map(image)
    yield name, f"{' by '.join(map(str, array.shape))}, {colours}"
    values = 100 * (array if in_colour else image.norm(array))
    yield f"{name}, across", _course(values.mean(axis=0))
    yield f"{name}, down", _course(values.mean(axis=1))


def _placed(name: str, looks: str, points: Any) -> Iterator[tuple[str, str]]:
    yield name, f"{looks}, {len(points)} points"
    for axis, positions in zip("xy", points.T, strict=True):
        yield f"{name}, {axis}", _course(positions)


def _entries(legend: "Legend") -> str:
    return " | ".join(_words(text.get_text()) for text in legend.get_texts())


def _axis(axis: "Axis") -> str:
    from matplotlib.category import StrCategoryLocator
    from matplotlib.ticker import FixedLocator

    start, end = axis.get_view_interval()
    said = [f"{axis.get_scale()} from {start:#.5g} to {end:#.5g}"]
    if isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator):  # by the page
        ticks = [_words(tick.get_text()) for tick in axis.get_ticklabels()]
        said.append(f"at {' | '.join(ticks)}" if ticks else "without ticks")
    if label := _words(axis.get_label_text()):
        said.append(label)
    return ", ".join(said)


def _points(axes: "Axes", artist: Any) -> Any:
    """The points of an artist in percent of the axes; those far outside are moved nearer."""
    import numpy as np
    from matplotlib.collections import Collection, PathCollection
    from matplotlib.lines import Line2D
    from matplotlib.quiver import Quiver
    from matplotlib.text import Text

    transform = artist.get_transform()
    if isinstance(artist, Line2D):
        points = artist.get_xydata()
    elif isinstance(artist, Text):
        points = [_position(axes, artist)]
    elif isinstance(artist, PathCollection | Quiver) or (
        isinstance(artist, Collection) and np.size(artist.get_offsets()) > 2
    ):
        points, transform = artist.get_offsets(), artist.get_offset_transform()
    elif isinstance(artist, Collection):
        points = np.vstack([np.empty((0, 2)), *(path.vertices for path in artist.get_paths())])
    else:
        points = artist.get_path().vertices
    points = np.ma.filled(np.ma.asarray(points, dtype=float), np.nan).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    inside = axes.transAxes.inverted().transform(transform.transform(points))
    return 100 * np.clip(inside, -1, 2)


def _corners(axes: "Axes", patch: Any) -> Any:
    """The points of a patch, each once and in order: Matplotlib begins the same outline at another one in turn."""
    import numpy as np

    return np.unique(_points(axes, patch).round(6), axis=0)


def _target(axes: Any, annotation: Any) -> str:
    """Where an arrow points to."""
    x, y = annotation.xy
    place = axes.xaxis.convert_units(x), axes.yaxis.convert_units(y)
    inside = axes.transAxes.inverted().transform(axes.transData.transform(place))
    return " ".join(map(_percent, 100 * inside))


def _position(axes: Any, text: Any) -> Any:
    """Where a text stands, also in space."""
    if axes.name != "3d" or not hasattr(text, "get_position_3d"):
        return text.get_position()
    x, y, _, w = axes.get_proj() @ [*text.get_position_3d(), 1]
    return x / w, y / w


def _texts(artist: Any) -> list[Any]:
    from matplotlib.table import Table
    from matplotlib.text import Text

    if isinstance(artist, Table):
        return [cell.get_text() for _, cell in sorted(artist.get_celld().items())]
    return list(artist.findobj(Text))


def _course(values: Any) -> str:
    """Means over equal parts, and the spread, as percentages."""
    import numpy as np

    values = np.ma.masked_invalid(values).compressed()
    if not values.size:
        return "nowhere"
    parts = np.array_split(values, min(PARTS, values.size))
    said = " ".join(_percent(part.mean()) for part in parts)
    return said if values.size == 1 else f"{said} ± {_percent(values.std())}"


def _percent(value: float) -> str:
    return f"{value + 0.0:.2f}%"


def _colours(colours: Iterable[Any]) -> str:
    """Colours by their names in the cycle of the style, each once."""
    from matplotlib.colors import to_hex

    cycle = {
        colour: f"C{i}"
        for i, colour in enumerate(re.findall("#[0-9a-f]{6}", STYLE["axes.prop_cycle"]))
    }
    found = dict.fromkeys(cycle.get(to_hex(colour), to_hex(colour)) for colour in colours)
    return " ".join(found)


def _order(colours: Iterable[Any]) -> str:
    """Which of several artists have which of their colours."""
    names = [_colours([colour]) for colour in colours]
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return (
        _course([100 * number[name] / (len(number) - 1) for name in names])
        if len(number) > 1
        else ""
    )


def _colour_map(artist: Any) -> str:
    """The name of a colour map; one that was made of given colours has other names in other versions."""
    from matplotlib import colormaps

    name: str = artist.get_cmap().name
    return name if name in colormaps else "own colours"


def _words(text: str) -> str:
    return " ".join(text.split())
