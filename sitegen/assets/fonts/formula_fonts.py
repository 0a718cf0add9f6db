"""The fonts in which the letters of formulas are set, as KaTeX's own style sheet has it."""

import re
from collections.abc import Iterator
from functools import cache

from sitegen.common.html import Node, attribute
from sitegen.common.paths import ROOT

__all__ = ["SHEET", "set_texts"]

SHEET = ROOT / "node_modules/katex/dist/katex.min.css"

Look = dict[str, str]  # the properties of CSS that choose a font

_BASE: Look = {"font-family": "KaTeX_Main", "font-style": "normal", "font-weight": "400"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"\.([\w-]+)")
_FILE = re.compile(r"KaTeX_([\w-]+)\.woff2")


def set_texts(node: Node, look: Look | None = None) -> Iterator[tuple[Node, list[str]]]:
    """Yield each text below an element with the fonts of formulas that it may be set in, as ``Main-Bold``.

    Outside of formulas there are none. MathML is left out, which is there for screen readers.

    Raises
    ------
    ValueError
        If KaTeX's style sheet asks for a font that it does not have.
    """
    for child in node.iter(include_text=True):
        if child.is_text_node:
            yield child, [] if look is None else _fonts(*(look[name] for name in _BASE))
        elif child.tag != "math":
            names = attribute(child, "class")
            above = _BASE if "katex-html" in names.split() else look
            yield from set_texts(child, None if above is None else above | _look(names))


@cache
def _look(classes: str) -> Look:
    """What an element with these classes changes, compared with the one around it."""
    changed: Look = {}
    for needed, look in _sheet()[0]:
        if needed <= set(classes.split()):
            changed |= look
    return changed


@cache
def _fonts(family: str, style: str, weight: str) -> list[str]:
    """The font that a browser takes, or all of the family if it has none that is asked for."""
    faces = [(font, look) for font, look in _sheet()[1].items() if look["font-family"] == family]
    if not faces:
        raise ValueError(f"{SHEET.name} has no font of the family {family}")
    wanted = dict(zip(_BASE, (family, style, weight), strict=True))
    return [font for font, look in faces if look == wanted] or [font for font, _ in faces]


@cache
def _sheet() -> tuple[list[tuple[set[str], Look]], dict[str, Look]]:
    """The rules that choose fonts, with the classes that they need; and the fonts that there are."""
    rules, fonts = [], {}
    for selectors, body in _RULE.findall(SHEET.read_text(encoding="utf-8")):
        declared = dict(item.split(":", 1) for item in body.split(";") if ":" in item)
        look = {name: declared[name].strip('"') for name in _BASE if name in declared}
        if selectors == "@font-face":
            (font,) = _FILE.findall(declared["src"])
            fonts[font] = look
        elif look:
            for selector in selectors.split(","):
                compounds = [part for part in re.split(r"[ >]+", selector) if "." in part]
                rules.append((set(_CLASS.findall(compounds[-1])), look))
    return rules, fonts
