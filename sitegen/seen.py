"""What the pages of a built site show: their letters, and the names that style sheets may use."""

import hashlib
import html
import json
import re
from collections import defaultdict
from pathlib import Path

from sitegen import formula_fonts
from sitegen.files import write_atomically
from sitegen.formula_fonts import letters_of_formulas

__all__ = ["WORD", "seen_in"]

WORD = re.compile(r"[\w-]+")

_NOT_TEXT = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ITALIC = re.compile(r"<(em|i|figcaption)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[a-z][^>]*>")


def seen_in(site: Path, cache: Path) -> dict[str, set[str]]:
    """Return the letters of "text", of "italic" and of each font of formulas, and the "words" in tags.

    Pages that have not changed are not read again.
    """
    known = cache / "seen.json"
    before = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    pages: dict[str, dict[str, list[str]]] = {}
    sources = (Path(__file__), Path(formula_fonts.__file__), formula_fonts.SHEET)
    own = b"".join(path.read_bytes() for path in sources)
    for page in site.rglob("*.html"):
        source = page.read_bytes()
        key = hashlib.sha256(own + source).hexdigest()
        pages[key] = before.get(key) or {k: sorted(s) for k, s in _seen(source.decode()).items()}
    if pages != before:
        write_atomically(known, json.dumps(pages))
    seen = defaultdict[str, set[str]](set)
    for page_seen in pages.values():
        for kind, found in page_seen.items():
            seen[kind].update(found)
    return seen


def _seen(source: str) -> dict[str, set[str]]:
    """What one page shows."""
    seen = {
        "text": set(html.unescape(_NOT_TEXT.sub("", source))),
        "italic": set[str](),
        "words": {word for tag in _TAG.findall(source) for word in WORD.findall(tag)},
    }
    for match in _ITALIC.finditer(source):
        seen["italic"].update(html.unescape(_NOT_TEXT.sub("", match[0])))
    for font, letters in letters_of_formulas(source):
        seen.setdefault(font, set()).update(letters)
    return seen
