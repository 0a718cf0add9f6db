"""Fonts that have the letters of the pages, and no others."""

import hashlib
import io
from pathlib import Path

from sitegen.common.cache import Cache
from sitegen.common.files import write_atomically

__all__ = ["SUBSETS", "subset_fonts"]

SUBSETS = Cache("fonts", sources=[Path(__file__)], packages=["fonttools"])

# What a script or a reader may add to any page.
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | set("\N{NO-BREAK SPACE}×–—‘’“”…")
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]  # not small capitals, fractions, ...
WEIGHTS = (400, 600)  # normal and bold: bolder ones would add a fifth to the font


def subset_fonts(site: Path, seen: dict[str, set[str]]) -> None:
    """Leave in each font that is seen its letters; the same letters give the same bytes."""
    for font in sorted(site.glob("assets/**/*.woff2")):
        name = font.stem.removeprefix("KaTeX_")
        weights: float | tuple[float, float] | None = None
        if name == font.stem:  # a font of the text
            is_italic = name.endswith("italic")
            letters = set(ALWAYS) | seen["italic" if is_italic else "text"]
            weights = 400 if is_italic else WEIGHTS  # italics are rarely bold as well
        elif not (letters := seen.get(name, set())):
            continue  # no browser asks for it
        write_atomically(font, _subset(font.read_bytes(), letters, weights))


def _subset(font: bytes, letters: set[str], weights: float | tuple[float, float] | None) -> bytes:
    def make() -> bytes:
        # It is large, and most builds find the fonts as they were.
        from fontTools.subset import Options, Subsetter
        from fontTools.ttLib import TTFont
        from fontTools.varLib.instancer import instantiateVariableFont

        options = Options(hinting=False, layout_features=FEATURES)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=map(ord, letters))
        opened = TTFont(io.BytesIO(font), recalcTimestamp=False)
        subsetter.subset(opened)
        if weights is not None:
            opened = instantiateVariableFont(opened, {"wght": weights})
        opened.flavor = "woff2"
        written = io.BytesIO()
        opened.save(written)
        return written.getvalue()

    return SUBSETS.read([hashlib.sha256(font).hexdigest(), *sorted(letters)], make)
