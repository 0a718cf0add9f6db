"""Formulas as plain text, for the search, which shows no others: `x²`, `∂f/∂x_i`, `√(1 + x)`."""

import html
import re

from sitegen.common.html import Node, find, parse
from sitegen.rendering.formulas import render

__all__ = ["formulas_as_text", "readable"]

FORMULA = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
WRITTEN = re.compile(r'class="arithmatex">(.+?)</(?:span|div)>', re.DOTALL)
RAISED = str.maketrans("0123456789+−nT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ")
RELATIONS = set("=<>≤≥≪≫≈≠≡∼≃∝→←↦⟶⇒⟹⇔⟺∈∉⊂:")
BETWEEN = set("+−±×⋅∘")
ACCENTS = {"^": "\u0302", "~": "\u0303", "ˉ": "\u0304", "˙": "\u0307", "¨": "\u0308", "⃗": "\u20d7"}
APPLIED = "\u2061"  # stands between a function and its argument, and is not seen


def formulas_as_text(entry: str, page: str) -> str:
    """Return an entry of the search index with the formulas of its page, which is HTML, as text."""
    known = {_in_a_line(html.unescape(source)) for source in WRITTEN.findall(page)}

    def text(match: re.Match[str]) -> str:
        source = _in_a_line(html.unescape(match[0]))
        if source not in known:  # code may have the same signs
            return match[0]
        return html.escape(readable(source[2:-2]), quote=False)

    return FORMULA.sub(text, entry)


def readable(tex: str) -> str:
    """Return a formula as text.

    Raises
    ------
    ValueError
        If KaTeX cannot read it.
    """
    text = _text(find(parse(render(tex.strip(), display=False)), "semantics"))
    text = re.sub(rf"{APPLIED}(?=[(\[_^])", "", text).replace(APPLIED, " ")
    return _in_a_line(text)


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _text(node: Node) -> str:
    """The text of an element of MathML."""
    inside = [child for child in node.iter() if child.tag != "annotation"]
    match node.tag, [_text(child) for child in inside]:
        case "mfrac", [above, below]:
            return f"{_grouped(above)}/{_grouped(below)}"
        case "msup", [base, above]:
            return base + _raised(above)
        case "msub" | "munder", [base, below, *_]:
            return f"{base}_{_grouped(below)}"
        case "msubsup" | "munderover", [base, below, above]:
            return f"{base}_{_grouped(below)}{_raised(above)}"
        case "mover", [base, above]:
            return base + ACCENTS.get(above.strip(), "")
        case "msqrt", parts:
            return f"√{_grouped(''.join(parts))}"
        case "mroot", [base, degree]:
            return f"{_raised(degree)}√{_grouped(base)}"
        case "mtable", rows:
            return "; ".join(rows)
        case "mtr", cells:
            # Relations stand at the beginning of a cell where lines are aligned.
            return re.sub(r", +(?=[=<>≤≥≈≠→])", " ", ", ".join(filter(str.strip, cells)))
        case "mspace", _:
            return " "
        case _, []:
            return node.text()
        case _, parts:
            return _joined(inside, parts)


def _joined(nodes: list[Node], parts: list[str]) -> str:
    """The parts of a row, with room around the signs that stand between two of them."""
    text = ""
    for node, part in zip(nodes, parts, strict=True):
        is_binary = part in BETWEEN and text.strip()[-1:] not in {"", "(", ",", *RELATIONS}
        spaced = node.tag == "mo" and (part in RELATIONS or is_binary)
        text += f" {part} " if spaced else part + " " * (part == ",")
    return text


def _raised(text: str) -> str:
    if text.strip() in {"′", "′′", "⊤", "∗", "+"}:
        return text.strip()
    raised = text.translate(RAISED)
    return (
        raised if all(a != b for a, b in zip(raised, text, strict=True)) else f"^{_grouped(text)}"
    )


def _grouped(text: str) -> str:
    """Put brackets around what is more than a name, a number or a piece in brackets."""
    text = text.strip()
    return text if re.fullmatch(r"[−∂∇]?[\w.∞⊤′]*|\([^()]*\)", text) else f"({text})"
