"""The HTML of pages as a tree: parsed once, changed in place, written once.

The parser is Lexbor, which reads as browsers do. What it writes differs from what it read in ways that
no browser shows: quotes and entities have one form, and an attribute without a value has an empty one.
"""

from pathlib import Path
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser as Tree
from selectolax.lexbor import LexborNode as Node

__all__ = [
    "Node", "Tree", "attribute", "classes", "element", "find", "home_of", "inside", "is_local",
    "next_element", "parse", "write",
]  # fmt: skip


def parse(html: str) -> Tree:
    """Read a page, or a piece of one."""
    return Tree(html)


def write(tree: Tree) -> str:
    """Return the HTML of a page."""
    for node in tree.css("pre, textarea"):
        # Whoever reads the page next drops a line end directly after these tags.
        first = node.first_child
        if first is not None and first.tag == "-text" and first.text().startswith("\n"):
            first.insert_before("\n")
    return tree.html or ""


def find(tree: Tree | Node, selector: str) -> Node:
    """Return the first element that a selector of CSS describes.

    Raises
    ------
    ValueError
        If there is none.
    """
    found = tree.css_first(selector)
    if found is None:
        raise ValueError(f"the page has no {selector}")
    return found


def element(html: str) -> Node:
    """Return an element written as HTML, to be put into a page."""
    root = Tree(html, is_fragment=True).root
    if root is None:
        raise ValueError(f"no element: {html!r}")
    return next(iter(root.iter()))


def inside(node: Node) -> str:
    """Return the HTML between the tags of an element."""
    return node.inner_html or ""


def attribute(node: Node, name: str) -> str:
    """Return the value of an attribute, which is empty where there is none."""
    return node.attributes.get(name) or ""


def classes(node: Node) -> list[str]:
    """Return the classes of an element."""
    return attribute(node, "class").split()


def next_element(node: Node) -> Node | None:
    """Return the element that follows, whatever text stands between the two."""
    following = node.next
    while following is not None and not following.is_element_node:
        following = following.next
    return following


def is_local(address: str) -> bool:
    """Whether an address is relative to the page that names it."""
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def home_of(site: Path) -> str:
    """Return the address at which a built site says that it is published.

    Raises
    ------
    ValueError
        If its home page does not say it.
    """
    home = parse((site / "index.html").read_text(encoding="utf-8"))
    return attribute(find(home, 'link[rel="canonical"]'), "href")
