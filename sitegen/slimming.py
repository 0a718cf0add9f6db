"""What a reader of the built site need not wait for.

Fonts keep the letters that the pages show; the search index and its worker are fetched when the search is opened;
pages lose marks that nobody sees, and drawings digits.
"""

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from sitegen.files import write_atomically

__all__ = ["postpone_search", "rounded", "slim", "subset_fonts", "without_unseen"]

# What a script or a reader may add to any page.
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | set("\N{NO-BREAK SPACE}×–—‘’“”…")
# KaTeX sets these classes in a font of their own, and everything else in one of the others.
OWN_FONT = {"mathnormal": "Math-Italic", "amsrm": "AMS", "mathbb": "AMS", "textbb": "AMS"}
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]  # not small capitals, fractions, ...

_PATH = re.compile(r'\sd="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
_FORMULA = re.compile(
    r'<span class="katex-html".*?(?=<math\b|</(?:p|li|t[dh]|div|h\d|summary)>)', re.DOTALL
)
_IN_FORMULA = re.compile(r'<span(?: class="([^"]*)")?[^>]*>([^<]+)')
_NOT_TEXT = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL)
# Names, operators and punctuation have the colour of the code around them;
# the TeX of a formula stands beside the MathML that was made from it.
_UNSEEN = re.compile(
    r'<span class="[nopw]">(?P<plain>[^<]*)</span>|<annotation\b.*?</annotation>', re.DOTALL
)

# Material fetches the index at once, except where a page comes from a folder: there it waits for the search.
_AT_ONCE = re.compile(r'\(location\.protocol!=="file:"\)')
# It also takes from it how words are separated, to mark those that the reader searched for: `?h=` names them.
_MARKS = re.compile(r"(\[\w+,[^][]*searchParams\.get\(\"h\"\)\)\)])")
_WORKER = re.compile(r"(\w+)=new Worker\((\w+)\)")
# A worker that is started by the first message that matters: the index, type 0.
_LAZY_WORKER = (
    "new class extends EventTarget{postMessage(m){if(!this.w){if(m.type!==0)return;"
    "this.w=new Worker(\\2);"
    'this.w.onmessage=e=>this.dispatchEvent(new MessageEvent("message",{data:e.data}))}'
    "this.w.postMessage(m)}}"
)


def slim(site: Path, cache: Path) -> None:
    """Slim what the pages of a built site have in common, in place."""
    subset_fonts(site, cache)
    (bundle,) = site.glob("assets/javascripts/bundle.*.min.js")
    write_atomically(bundle, postpone_search(bundle.read_text(encoding="utf-8")))


def rounded(svg: str) -> str:
    """Round the paths of a drawing to a hundredth of a point."""
    return _PATH.sub(lambda path: _DIGITS.sub(r"\1", path[0]), svg)


def without_unseen(page: str) -> str:
    """Take from the HTML of a page the marks that change nothing of what is seen, read out or copied."""
    return _UNSEEN.sub(lambda match: match["plain"] or "", page)


def postpone_search(bundle: str) -> str:
    """Let Material's script fetch what the search needs when the search is opened.

    Raises
    ------
    ValueError
        If the script is not the one that this module knows.
    """
    for pattern, replacement in (
        (_AT_ONCE, "(!1)"),
        (_MARKS, r'new URL(location).searchParams.has("h")?\1:[]'),
        (_WORKER, rf"\1={_LAZY_WORKER}"),
    ):
        bundle, count = pattern.subn(replacement, bundle)
        if count != 1:
            raise ValueError(
                "Material's script has changed, and with it the way it starts the search: "
                f"{pattern.pattern} occurs {count} times; adapt sitegen/slimming.py"
            )
    return bundle


def subset_fonts(site: Path, cache: Path) -> None:
    """Leave in each font of a site the letters that its pages show; the same letters give the same bytes."""
    known = cache / "letters.json"
    before = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    letters_of: dict[str, dict[str, str]] = {}
    own = Path(__file__).read_bytes()
    for page in site.rglob("*.html"):
        source = page.read_bytes()
        key = hashlib.sha256(own + source).hexdigest()
        letters_of[key] = before.get(key) or _letters(source.decode())
    if letters_of != before:
        write_atomically(known, json.dumps(letters_of))
    shown, in_formulas = set(ALWAYS), {name: set[str]() for name in ["", *OWN_FONT.values()]}
    for letters_by_font in letters_of.values():
        shown.update(letters_by_font["text"])
        for name, letters in in_formulas.items():
            letters.update(letters_by_font[name])
    for font in sorted(site.glob("assets/**/*.woff2")):
        name = font.stem.removeprefix("KaTeX_").removesuffix("-Regular")
        letters = in_formulas.get(name, in_formulas[""]) if "KaTeX" in font.stem else shown
        slimmed = _subset(font.read_bytes(), letters, cache, is_italic="wght-italic" in font.stem)
        write_atomically(font, slimmed)


def _letters(source: str) -> dict[str, str]:
    """The letters that a page shows: of its text, and of its formulas by their font."""
    letters = {name: set[str]() for name in ["", *OWN_FONT.values()]}
    for name, text in _letters_of_formulas(source):
        letters[name].update(html.unescape(text))
    letters["text"] = set(html.unescape(_NOT_TEXT.sub("", source)))
    return {name: "".join(sorted(found)) for name, found in letters.items()}


def _letters_of_formulas(source: str) -> Iterator[tuple[str, str]]:
    """The texts in the formulas of a page, each with the font of its own that it is set in, if any."""
    for formula in _FORMULA.findall(source):
        for classes, text in _IN_FORMULA.findall(formula):
            yield next((OWN_FONT[c] for c in classes.split() if c in OWN_FONT), ""), text
        # What follows a closed tag belongs to an element around it.
        yield from (("", text) for text in re.findall(r"</span>([^<]+)", formula))


def _subset(font: bytes, letters: set[str], cache: Path, *, is_italic: bool) -> bytes:
    inputs = [font, "".join(sorted(letters)).encode(), version("fonttools").encode()]
    key = hashlib.sha256(b"\0".join([*inputs, Path(__file__).read_bytes()]))
    kept = cache / "fonts" / f"{key.hexdigest()[:20]}.woff2"
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
        if is_italic:  # which is rarely bold as well
            opened = instantiateVariableFont(opened, {"wght": 400})
        opened.flavor = "woff2"
        written = io.BytesIO()
        opened.save(written)
        write_atomically(kept, written.getvalue())
    return kept.read_bytes()
