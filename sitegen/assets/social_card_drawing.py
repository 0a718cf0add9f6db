"""Draw the card of a page with Pillow, which Matplotlib brings, in the font of the site.

The same words give the same bytes.
"""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from sitegen.assets.npm import TEXT_FONT

__all__ = ["SIZE", "Line", "draw", "font", "layout"]

SIZE = (1200, 630)
MARGIN = 84
TITLE_WIDTH, TEXT_WIDTH = 980, 860
# Sizes of the title, each with the number of lines that it may have.
TITLE_SIZES = ((84, 2), (72, 2), (72, 3), (60, 3), (48, 4), (36, 6), (24, 9))

GROUND, DEEP, AMBER, WHITE, PALE, CURVE = (
    "#0d4a58", "#0a3d49", "#f2b34c", "#ffffff", "#c5dde2", "#155e6e",
)  # fmt: skip
FINE = 3  # drawn so many times as large, then made smaller, for smooth edges
COLOURS = 96
# The curve of the home page, in its own units: a cubic Bézier, and six steps down to its minimum.
BEZIER = ((18.0, 11.3), (152.7, 434.7), (287.3, 301.8), (422.0, 114.4))
STEPS = ((42.1, 81.2), (111.9, 222.6), (149.2, 265.0), (171.6, 280.5), (185.8, 286.9))
MINIMUM = (215.1, 292.0)


@dataclass(frozen=True)
class Line:
    """A line of words: its upper left corner, height of letters and look."""

    text: str
    x: int
    y: int
    size: int
    weight: int
    colour: str


def draw(title: str, text: str) -> bytes:
    """Draw a card as PNG."""
    picture = _ground().copy()
    pen = ImageDraw.Draw(picture)
    pen.text((MARGIN + 84, MARGIN + 32), "calcguide", WHITE, font(46, 600), anchor="lm")
    for line in layout(title, text):
        look = font(line.size, line.weight)
        pen.text((line.x, line.y), line.text, line.colour, look, anchor="la")
    buffer = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(buffer, "PNG")
    return buffer.getvalue()


def layout(title: str, text: str) -> list[Line]:
    """Place the title, as large as it can be, and as much of the text as there is room for."""
    for size, most in TITLE_SIZES:
        words = _wrapped(title, TITLE_WIDTH, font(size, 700))
        if len(words) <= most and all(
            font(size, 700).getlength(line) <= TITLE_WIDTH for line in words
        ):
            break
    y, lines = 208, []
    for line in words[:most]:
        lines.append(Line(line, MARGIN, y, size, 700, WHITE))
        y += round(1.12 * size)
    y += 32
    room = min(3, (SIZE[1] - 40 - y) // 42)
    look = font(33, 400)
    words = _wrapped(text, TEXT_WIDTH, look)
    if len(words) > room > 0:
        words[room - 1] = _shortened(words[room - 1], TEXT_WIDTH, look)
    for line in words[: max(0, room)]:
        lines.append(Line(line, MARGIN, y, 33, 400, PALE))
        y += 42
    return lines


@cache
def font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """The font of the site."""
    found = ImageFont.truetype(str(TEXT_FONT), size, layout_engine=ImageFont.Layout.BASIC)
    found.set_variation_by_axes([weight])
    return found


@cache
def _palette() -> Image.Image:
    """The few colours that all cards need, with the shades at the edges of letters."""
    sample = _ground().copy()
    pen = ImageDraw.Draw(sample)
    for row, (colour, size) in enumerate([(WHITE, 84), (PALE, 33)] * 3):
        pen.text((MARGIN, 90 * row), "Every step is checked", colour, font(size, 600))
    return sample.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


@cache
def _ground() -> Image.Image:
    """What all cards have: the colour, the curve with its steps, and the mark."""
    width, height = (FINE * length for length in SIZE)
    picture = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height - 14 * FINE, width, height), fill=AMBER)

    def placed(x: float, y: float) -> tuple[float, float]:
        return (770 + 1.55 * x) * FINE, (75 + 1.55 * y) * FINE

    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = BEZIER
    ts = [step / 200 for step in range(-16, 231)]
    _stroke(pen, [
        placed(
            (1 - t) ** 3 * x0 + 3 * (1 - t) ** 2 * t * x1 + 3 * (1 - t) * t**2 * x2 + t**3 * x3,
            (1 - t) ** 3 * y0 + 3 * (1 - t) ** 2 * t * y1 + 3 * (1 - t) * t**2 * y2 + t**3 * y3,
        )
        for t in ts
    ], 9 * FINE, CURVE)  # fmt: skip
    for point in STEPS:
        _dot(pen, placed(*point), 11 * FINE, CURVE)
    _dot(pen, placed(*MINIMUM), 26 * FINE, CURVE)
    _mark(pen, MARGIN * FINE, MARGIN * FINE, 2 * FINE)
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def _mark(pen: ImageDraw.ImageDraw, x: float, y: float, scale: float) -> None:
    """Our mark, as in theme/assets/logo.svg: a parabola resting on its tangent."""
    pen.rounded_rectangle((x, y, x + 32 * scale, y + 32 * scale), 7 * scale, fill=DEEP)
    ts = [step / 60 for step in range(61)]
    parabola = [
        (
            3.58 * (1 - t) ** 2 + 2 * 12.77 * t * (1 - t) + 21.96 * t**2,
            9.4 * (1 - t) ** 2 + 2 * 27.96 * t * (1 - t) + 6.0 * t**2,
        )
        for t in ts
    ]
    check = [(6.8, 20.75), (11.6, 25.55), (27.8, 8.54)]
    for points, width, colour in ((parabola, 2.4, AMBER), (check, 3.4, WHITE)):
        placed = [(x + scale * px, y + scale * py) for px, py in points]
        _stroke(pen, placed, width * scale, colour)


def _stroke(
    pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float, colour: str
) -> None:
    """A line with round ends and joints."""
    pen.line(points, colour, round(width))
    for point in points:
        _dot(pen, point, width / 2, colour)


def _dot(pen: ImageDraw.ImageDraw, point: tuple[float, float], radius: float, colour: str) -> None:
    x, y = point
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _wrapped(text: str, width: float, look: ImageFont.FreeTypeFont) -> list[str]:
    """The lines of a text that is broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and look.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _shortened(line: str, width: float, look: ImageFont.FreeTypeFont) -> str:
    """A line that says that more would follow."""
    words = line.split()
    while len(words) > 1 and look.getlength(f"{' '.join(words)} …") > width:
        words.pop()
    return f"{' '.join(words).rstrip(',;:.')} …"
