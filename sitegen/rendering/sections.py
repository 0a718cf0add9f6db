"""Sections of a page, between its headings, that a browser lays out when the reader comes near them.

A long page has ten thousand elements, most of them in formulas: to lay all of them out before the first line
can be read takes seconds on a phone. For what has not been laid out yet a height is guessed, so that the
scroll bar tells the truth, nearly; headings stay outside, for the table of contents asks where they are.
"""

from sitegen.common.html import Node, Tree, attribute, classes

__all__ = ["add_sections"]

LETTERS = 200  # a section with less text, and nothing else, is not worth a box
LINE = 50  # letters: a guess is not better than to a line
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
ROWS = {"tr", "li", "p", "summary"}


def add_sections(tree: Tree, box: Node) -> None:
    """Put a box around all that stands between two headings of an element, before formulas are rendered.

    Only headings directly in the element count: what a nested box holds stays together.
    """
    section: list[Node] = []
    started = False
    for node in [*box.iter(include_text=True)]:
        if node.tag in HEADINGS:
            _wrap(tree, section)
            section, started = [], True
        elif started:
            section.append(node)
    _wrap(tree, section)


def _wrap(tree: Tree, nodes: list[Node]) -> None:
    size = _Size()
    for node in nodes:
        size.add(node)
    em = round(size.em)
    if em < 6 and size.letters < LETTERS:
        return
    part = tree.create_node("div")
    part.attrs["class"] = "part"
    part.attrs["style"] = f"--em:{em};--letters:{LINE * round(size.letters / LINE)}"
    nodes[0].insert_before(part, move=True)
    for node in nodes:
        part.insert_child(node, move=True)


class _Size:
    """About how high all is that has a height of its own, in em, and the number of letters in the rest."""

    def __init__(self) -> None:
        self.em, self.letters = 0.0, 0

    def add(self, node: Node) -> None:
        """Count a node with what it holds."""
        if node.is_text_node:
            self.letters += len(node.text())
        elif node.tag == "pre":
            self.em += 1.2 * node.text().count("\n") + 3.5
        elif node.tag == "div" and "arithmatex" in classes(node):
            self.em += 4 + 2 * node.text().count(r"\\")
        elif node.tag == "details" and "open" not in node.attributes:
            self.em += 1  # its summary
        else:
            if node.tag == "img" and attribute(node, "src").endswith("#only-light"):
                self.em += int(attribute(node, "height")) / 16
            self.em += node.tag in ROWS
            for child in node.iter(include_text=True):
                self.add(child)
