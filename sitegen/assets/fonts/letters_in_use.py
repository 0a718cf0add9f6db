"""What the pages of a built site show: their letters, and the names that style sheets may use."""

import hashlib
import html
import json
import re
from collections import defaultdict
from functools import partial
from pathlib import Path

from sitegen.assets.fonts import formula_fonts
from sitegen.assets.fonts.formula_fonts import letters_of_formulas
from sitegen.common.cache import Cache
from sitegen.common.files import files_in

__all__ = ["WORD", "early_fonts", "seen_in"]

SEEN = Cache("letters", sources=[Path(__file__), Path(formula_fonts.__file__), formula_fonts.SHEET])
WORD = re.compile(r"[\w-]+")

_NOT_TEXT = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ITALIC = re.compile(r"<(em|i|figcaption)\b.*?</\1>", re.DOTALL)
_PIECE = re.compile(r"<math\b.*?</math>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL)
_TAG = re.compile(r"<[a-z][^>]*>")


def seen_in(site: Path) -> dict[str, set[str]]:
    """Return the letters of "text", of "italic" and of each font of formulas, and the "words" in tags.

    Pages that have not changed are not read again.
    """
    seen = defaultdict[str, set[str]](set)
    for file in files_in(site):
        if file.endswith(".html"):
            source = (site / file).read_bytes()
            key = hashlib.sha256(source).hexdigest()
            found = SEEN.read([key], partial(_seen, source))
            for kind, letters in json.loads(found).items():
                seen[kind].update(letters.split() if kind == "words" else letters)
    return seen


def early_fonts(page: str, n_letters: int = 2500) -> list[str]:
    """Return where in the site the fonts are that the first letters of a page's content need.

    That of upright text, which all pages need, is not among them.
    """
    start = page.find("<article")
    if start < 0:
        return []
    for piece in _PIECE.finditer(page, start):
        n_letters -= len((piece["text"] or "").strip())
        if n_letters < 0:
            break
    beginning = page[start : piece.start()]
    fonts = sorted({font for font, _ in letters_of_formulas(beginning)})
    italic = ["fonts/source-sans-3-latin-wght-italic"] if _ITALIC.search(beginning) else []
    return [
        f"assets/{name}.woff2"
        for name in [*italic, *(f"katex/fonts/KaTeX_{font}" for font in fonts)]
    ]


def _seen(page: bytes) -> bytes:
    """What one page shows, as JSON: letters in a row, and words with spaces between them."""
    source = page.decode()
    words = {word for tag in _TAG.findall(source) for word in WORD.findall(tag)}
    letters = defaultdict[str, set[str]](set)
    letters["text"].update(html.unescape(_NOT_TEXT.sub("", source)))
    for match in _ITALIC.finditer(source):
        letters["italic"].update(html.unescape(_NOT_TEXT.sub("", match[0])))
    for font, found in letters_of_formulas(source):
        letters[font].update(found)
    joined = {kind: "".join(sorted(found)) for kind, found in letters.items()}
    return json.dumps(joined | {"words": " ".join(sorted(words))}).encode()
