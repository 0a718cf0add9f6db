"""What the pages of a built site show: their letters, and the names that style sheets may use."""

import hashlib
import json
import re
from collections import defaultdict
from functools import partial
from pathlib import Path

from sitegen.assets.fonts import formula_fonts
from sitegen.assets.fonts.formula_fonts import set_texts
from sitegen.common.cache import Cache
from sitegen.common.files import files_in
from sitegen.common.html import Node, find, parse

__all__ = ["WORD", "early_fonts", "seen_in"]

SEEN = Cache(
    "letters",
    sources=[Path(__file__), Path(formula_fonts.__file__), formula_fonts.SHEET],
    packages=["selectolax"],
)
WORD = re.compile(r"[\w-]+")

_NOT_TEXT = "script, style, annotation"
_ITALIC = "em, i, figcaption"


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


def early_fonts(content: Node, n_letters: int = 2350) -> list[str]:
    """Return where in the site the fonts are that the first letters of a page's content need.

    That of upright text, which all pages need, is not among them.
    """
    italics = {
        text.mem_id for node in content.css(_ITALIC) for text in node.traverse(include_text=True)
    }
    needed = set[str]()
    for text, fonts in set_texts(content):
        n_letters -= len(text.text().strip())
        if n_letters < 0:
            break
        needed.update(f"katex/fonts/KaTeX_{font}" for font in fonts)
        if text.mem_id in italics:
            needed.add("fonts/source-sans-3-latin-wght-italic")
    return [f"assets/{name}.woff2" for name in sorted(needed)]


def _seen(page: bytes) -> bytes:
    """What one page shows, as JSON: letters in a row, and words with spaces between them."""
    tree = parse(page.decode())
    root = find(tree, "html")
    tags = {f"{node.tag} {name} {value}" for node in root.traverse()
            for name, value in [("", ""), *node.attributes.items()]}  # fmt: skip
    words = {word for tag in tags for word in WORD.findall(tag)}
    for node in tree.css(_NOT_TEXT):
        node.decompose()
    letters = defaultdict[str, set[str]](set)
    letters["text"].update(root.text())
    for node in tree.css(_ITALIC):
        letters["italic"].update(node.text())
    for text, fonts in set_texts(root):
        for font in fonts:
            letters[font].update(text.text())
    joined = {kind: "".join(sorted(found)) for kind, found in letters.items()}
    return json.dumps(joined | {"words": " ".join(sorted(words))}).encode()
