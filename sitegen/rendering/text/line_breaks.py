"""Where lines may break, and where not: long names in code after underscores and dots, numbers nowhere."""

import re

from sitegen.common.html import Node, Tree, classes

__all__ = ["place_breaks"]

NAME = re.compile(r"[\w.]{12,}")
BREAK = re.compile(r"(?<=[_.])(?=[^\W_])")
# Digits in groups of three, and a number with its unit.
GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
UNIT = re.compile(r"(?<=\d) (?=(?:[kMGT]?B|ms|µs|s|min|h|km|m|kg|px|%|°C)(?!\w))")
NO_BREAK = "\u00a0"

_LEFT_ALONE = {"pre", "script", "style", "svg", "math"}


def place_breaks(tree: Tree, node: Node, *, in_code: bool = False) -> None:
    """Mark the places below an element, before formulas are rendered."""
    for child in [*node.iter(include_text=True)]:
        if child.is_text_node:
            if in_code:
                _break_names(tree, child)
            else:
                _join_numbers(child)
        elif child.tag not in _LEFT_ALONE and "arithmatex" not in classes(child):
            place_breaks(tree, child, in_code=in_code or child.tag == "code")


def _break_names(tree: Tree, node: Node) -> None:
    text = node.text()
    places = [
        name.start() + found.start()
        for name in NAME.finditer(text)
        for found in BREAK.finditer(name[0])
    ]
    if not places:
        return
    for start, end in zip([0, *places], places, strict=False):
        node.insert_before(text[start:end])
        node.insert_before(tree.create_node("wbr"))
    node.replace_with(text[places[-1] :])


def _join_numbers(node: Node) -> None:
    text = node.text()
    joined = GROUPS.sub(lambda found: found[0].replace(" ", NO_BREAK), text)
    joined = UNIT.sub(NO_BREAK, joined)
    if joined != text:
        node.replace_with(joined)
