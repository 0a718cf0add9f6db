"""What the pages of a built site show: their letters, and the names that style sheets may use."""

import hashlib
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sitegen.files import write_atomically

__all__ = ["OWN_FONT", "WORD", "seen_in"]

# KaTeX sets these classes in a font of their own, and everything else in one of the others.
OWN_FONT = {"mathnormal": "Math-Italic", "amsrm": "AMS", "mathbb": "AMS", "textbb": "AMS"}
WORD = re.compile(r"[\w-]+")

_FORMULA = re.compile(
    r'<span class="katex-html".*?(?=<math\b|</(?:p|li|t[dh]|div|h\d|summary)>)', re.DOTALL
)
_IN_FORMULA = re.compile(r'<span(?: class="([^"]*)")?[^>]*>([^<]+)')
_NOT_TEXT = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL)
_ITALIC = re.compile(r"<(em|i|figcaption)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[a-z][^>]*>")


def seen_in(site: Path, cache: Path) -> dict[str, set[str]]:
    """Return the letters of "text", of "italic" and of each font of "formulas", and the "words" in tags.

    Pages that have not changed are not read again.
    """
    known = cache / "seen.json"
    before = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    pages: dict[str, dict[str, list[str]]] = {}
    own = Path(__file__).read_bytes()
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
    for font, letters in _letters_of_formulas(source):
        seen.setdefault(f"formulas {font}".strip(), set()).update(html.unescape(letters))
    return seen


def _letters_of_formulas(source: str) -> Iterator[tuple[str, str]]:
    """The texts in the formulas of a page, each with the font of its own that it is set in, if any."""
    for formula in _FORMULA.findall(source):
        for classes, text in _IN_FORMULA.findall(formula):
            yield next((OWN_FONT[c] for c in classes.split() if c in OWN_FONT), ""), text
        # What follows a closed tag belongs to an element around it.
        yield from (("", text) for text in re.findall(r"</span>([^<]+)", formula))
