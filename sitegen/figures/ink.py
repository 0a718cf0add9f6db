"""What a figure draws: every line, area, text and image in its order, as Matplotlib hands it to a renderer."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform, Transform

__all__ = ["Ink", "draws", "record"]

MARKERS = 100
DPI = 72  # that of SVG: a pixel is a point

RGBA = tuple[float, float, float, float]
Points = np.ndarray[Any, np.dtype[np.float64]]

CLEAR: RGBA = (0.0, 0.0, 0.0, 0.0)

_VERTICES = (Path.MOVETO, Path.LINETO)


@dataclass(frozen=True, eq=False)
class Ink:
    """Something drawn in one colour, or an image; lengths are in points, from the lower left corner.

    An area and its outline have the same ``shape``. ``kind`` is ``line``, ``area``, ``text`` or ``image``. A text has its words and, if it labels a tick,
    the number of its axis.
    """

    kind: str
    colour: RGBA
    path: Path
    transform: Transform = field(default_factory=IdentityTransform)
    clip: Bbox | None = None
    margin: float = 0.0  # how far it reaches beyond its path
    words: str = ""
    axis: int | None = None
    pixels: Any = None
    shape: object = field(default_factory=object)  # what it is a part of, as the outline of an area

    @cached_property
    def points(self) -> Points:
        """The vertices of its path, without those that are not finite; curves are cut into pieces."""
        path: Any = self.path.cleaned(transform=self.transform, remove_nans=True, curves=False)
        points: Points = path.vertices[np.isin(path.codes, _VERTICES)]
        return points

    @cached_property
    def box(self) -> Bbox | None:
        """The rectangle around what is seen of it, if anything is."""
        if not len(self.points):
            return None
        low, high = self.points.min(axis=0) - self.margin, self.points.max(axis=0) + self.margin
        box = Bbox([low, high])
        return box if self.clip is None else Bbox.intersection(box, self.clip)

    def covers(self, point: Points) -> bool:
        """Whether it is seen at a point."""
        if self.clip is not None and not self.clip.contains(*point):
            return False  # most often, and the quickest to say
        if self.box is None or not self.box.contains(*point):
            return False
        return self.kind == "image" or bool(self._outline.contains_point((point[0], point[1])))

    def colour_at(self, point: Points) -> RGBA:
        """Its colour at a point that it covers."""
        if self.pixels is None:
            return self.colour
        (x, y), (height, width) = point - self.points[0], self.pixels.shape[:2]
        pixel = self.pixels[min(int(y), height - 1), min(int(x), width - 1)] / 255
        return tuple(pixel)

    @cached_property
    def _outline(self) -> Path:
        return self.transform.transform_path(self.path)


def record(figure: Figure) -> list[Ink]:
    """Return what is drawn of a figure that has been drawn before, and thereby laid out."""
    figure.set_layout_engine("none")
    figure.set_dpi(DPI)
    recorder = _Recorder(figure)
    figure.draw(recorder)
    return recorder.drawn


def draws(artist: Artist, figure: Figure) -> bool:
    """Whether anything is seen of one artist, after ``record``."""
    recorder = _Recorder(figure)
    artist.draw(recorder)
    return any(ink.box is not None for ink in recorder.drawn)


class _Recorder(RendererBase):
    """A renderer that notes what it is asked to draw."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.size = tuple(figure.get_size_inches() * DPI)
        self.drawn: list[Ink] = []
        self.groups: list[tuple[str, int]] = []
        self.opened = 0

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002
        self.opened += 1
        self.groups.append((s, self.opened))

    def close_group(self, s: str) -> None:  # noqa: ARG002
        self.groups.pop()

    def flipy(self) -> bool:
        return False

    def get_canvas_width_height(self) -> Any:
        return self.size

    def draw_path(self, gc: Any, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        still: Any = transform.frozen()
        shape = object()
        clip, width = _clip(gc), gc.get_linewidth()
        stroke = _colour(gc, gc.get_rgb()) if width > 0 else CLEAR
        fill = CLEAR if rgbFace is None else _colour(gc, rgbFace)
        if fill[3] > 0:
            margin = width / 2 if stroke == fill else 0.0
            self.drawn.append(Ink("area", fill, path, still, clip, margin, shape=shape))
        if stroke[3] > 0 and stroke != fill:
            self.drawn.append(Ink("line", stroke, path, still, clip, width / 2, shape=shape))
        if gc.get_hatch():
            hatch = _colour(gc, gc.get_hatch_color())
            self.drawn.append(Ink("line", hatch, path, still, clip))

    def draw_markers(
        self, gc: Any, marker_path: Path, marker_trans: Transform, path: Path, trans: Transform,
        rgbFace: Any = None,
    ) -> None:  # fmt: skip
        """Note a marker at each place; of very many, some stand for all."""
        places = trans.transform(path.vertices)
        places = places[np.isfinite(places).all(axis=1)]
        for x, y in places[:: 1 + len(places) // MARKERS]:
            moved = marker_trans + Affine2D().translate(x, y)
            self.draw_path(gc, marker_path, moved, rgbFace)

    def draw_image(
        self, gc: Any, x: float, y: float, im: Any, transform: Any = None  # noqa: ARG002
    ) -> None:  # fmt: skip
        height, width = im.shape[:2]
        corners = Path([(x, y), (x + width, y + height)])
        self.drawn.append(Ink("image", (0, 0, 0, 1), corners, clip=_clip(gc), pixels=im))

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Text | None = None,  # noqa: ARG002
    ) -> None:  # fmt: skip
        if not s.strip():
            return
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
        box = Path(
            [(0, -descent), (width, -descent), (width, height - descent), (0, height - descent)]
        )
        turned = Affine2D().rotate_deg(angle).translate(x, y)
        colour = _colour(gc, gc.get_rgb())
        if colour[3] > 0:
            self.drawn.append(
                Ink("text", colour, box, turned, _clip(gc), words=s, axis=self._axis())
            )

    def draw_gouraud_triangles(
        self, gc: Any, triangles_array: Any, colors_array: Any, transform: Transform
    ) -> None:
        """Note shaded areas as one image in their mean colour."""
        corners = Path(transform.transform(triangles_array.reshape(-1, 2)))
        box: Any = corners.get_extents()
        mean = 255 * colors_array.reshape(1, -1, 4).mean(axis=1, keepdims=True)
        place = Path([box.min, box.max])
        self.drawn.append(Ink("image", (0, 0, 0, 1), place, clip=_clip(gc), pixels=mean))

    def _axis(self) -> int | None:
        """The number of the axis of which a tick is being drawn."""
        ticks = [i for i, (name, _) in enumerate(self.groups) if name in ("xtick", "ytick")]
        return self.groups[ticks[0] - 1][1] if ticks else None


def _colour(gc: Any, rgba: Any) -> RGBA:
    """A colour with the opacity in which it is drawn."""
    red, green, blue, *own = map(float, rgba)
    alpha = gc.get_alpha() if gc.get_forced_alpha() else own[0] if own else 1.0
    return red, green, blue, float(alpha)


def _clip(gc: Any) -> Bbox | None:
    """The rectangle outside of which nothing is drawn."""
    path, transform = gc.get_clip_path()
    if path is not None:
        outline: Bbox = transform.transform_path(path).get_extents()
        return outline
    rectangle = gc.get_clip_rectangle()
    return None if rectangle is None else rectangle.frozen()
