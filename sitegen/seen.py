"""What the pages of a built site show: their letters, and the names that style sheets may use."""

import hashlib
import html
import json
import re
from collections import defaultdict
from pathlib import Path

from sitegen import formula_fonts
from sitegen.files import files_in, write_atomically
from sitegen.formula_fonts import letters_of_formulas

__all__ = ["WORD", "early_fonts", "seen_in"]

WORD = re.compile(r"[\w-]+")

_NOT_TEXT = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ITALIC = re.compile(r"<(em|i|figcaption)\b.*?</\1>", re.DOTALL)
_PIECE = re.compile(r"<math\b.*?</math>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL)
_TAG = re.compile(r"<[a-z][^>]*>")


def seen_in(site: Path, cache: Path) -> dict[str, set[str]]:
    """Return the letters of "text", of "italic" and of each font of formulas, and the "words" in tags.

    Pages that have not changed are not read again.
    """
    known = cache / "seen.json"
    before = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    pages: dict[str, dict[str, str]] = {}
    sources = (Path(__file__), Path(formula_fonts.__file__), formula_fonts.SHEET)
    own = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    for file in files_in(site):
        if file.endswith(".html"):
            page = own.copy()
            page.update(source := (site / file).read_bytes())
            key = page.hexdigest()
            pages[key] = before.get(key) or _seen(source.decode())
    if pages != before:
        write_atomically(known, json.dumps(pages))
    seen = defaultdict[str, set[str]](set)
    for page_seen in pages.values():
        for kind, found in page_seen.items():
            seen[kind].update(found.split() if kind == "words" else found)
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


def _seen(source: str) -> dict[str, str]:
    """What one page shows: letters in a row, and words with spaces between them."""
    words = {word for tag in _TAG.findall(source) for word in WORD.findall(tag)}
    letters = defaultdict[str, set[str]](set)
    letters["text"].update(html.unescape(_NOT_TEXT.sub("", source)))
    for match in _ITALIC.finditer(source):
        letters["italic"].update(html.unescape(_NOT_TEXT.sub("", match[0])))
    for font, found in letters_of_formulas(source):
        letters[font].update(found)
    joined = {kind: "".join(sorted(found)) for kind, found in letters.items()}
    return joined | {"words": " ".join(sorted(words))}
