"""Fonts that have the letters of the pages, and no others."""

import hashlib
import io
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sitegen.files import write_atomically

__all__ = ["subset_fonts"]

# What a script or a reader may add to any page.
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | set("\N{NO-BREAK SPACE}×–—‘’“”…")
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]  # not small capitals, fractions, ...
WEIGHTS = (400, 600)  # normal and bold: bolder ones would add a fifth to the font


def subset_fonts(site: Path, folder: Path, seen: dict[str, set[str]]) -> None:
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
        write_atomically(font, _subset(font.read_bytes(), letters, folder, weights))


def _subset(
    font: bytes,
    letters: set[str],
    folder: Path,
    weights: float | tuple[float, float] | None,
) -> bytes:
    key = hashlib.sha256(b"\0".join([font, "".join(sorted(letters)).encode(), *_environment()]))
    kept = folder / "fonts" / f"{key.hexdigest()[:20]}.woff2"
    if not kept.exists():
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
        write_atomically(kept, written.getvalue())
    return kept.read_bytes()


@cache
def _environment() -> tuple[bytes, ...]:
    """All that a slimmed font depends on besides the font and its letters."""
    return version("fonttools").encode(), Path(__file__).read_bytes()
