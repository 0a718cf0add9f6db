"""Remove marks from the HTML of a page that change nothing a reader sees, hears or copies."""

import re
from functools import cache

from sitegen.common.html import Node, Tree, classes

__all__ = ["trim", "trim_space"]

# Names, operators and punctuation have the colour of the code around them; Pygments opens a block with an
# empty element. The TeX of a formula stands beside the MathML that was made from it. Elements in HTML are
# known for MathML and SVG without a namespace.
_UNWRAPPED = ", ".join(f'span[class="{name}"]' for name in "nopw")
_REMOVED = "annotation, pre > span:empty"
_NAMESPACE = "math[xmlns], svg[xmlns]"
_BELOW_A_PIXEL = re.compile(r"(?<=\.\d\d\d)\d+(?=em)")
_LINE_END = re.compile(r"[ \t]*\n[ \t\n]*")
_VERBATIM = {"pre", "code", "textarea", "script", "style"}


def trim(tree: Tree) -> None:
    """Remove elements, namespaces and digits that show nowhere."""
    for node in tree.css(_REMOVED):
        node.decompose()
    for node in tree.css(_UNWRAPPED):
        node.unwrap(delete_empty=True)
    tree.merge_text_nodes()
    for node in tree.css(_NAMESPACE):
        del node.attrs["xmlns"]
    for node in tree.css("[style]"):
        style = node.attrs["style"] or ""
        shorter = _shorter(style)
        if shorter != style:
            node.attrs["style"] = shorter


@cache  # formulas have a few styles many times
def _shorter(style: str) -> str:
    return _BELOW_A_PIXEL.sub("", style).rstrip(" ;")


def trim_space(node: Node) -> None:
    """Remove comments, and leave one character of space where browsers show no more.

    TeX stays as it is: formulas are rendered afterwards.
    """
    for child in [*node.iter(include_text=True)]:
        if child.is_comment_node:
            child.decompose()
        elif child.is_text_node:
            text = child.text()
            shorter = _LINE_END.sub("\n", text)
            if shorter != text:
                child.replace_with(shorter)
        elif child.tag not in _VERBATIM and "arithmatex" not in classes(child):
            trim_space(child)
