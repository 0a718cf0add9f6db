"""The last step of a page: from what the builder's template has made of it to what is published."""

from collections.abc import Callable

from sitegen.assets.fonts.letters_in_use import early_fonts
from sitegen.common.html import Node, element, find, parse, write
from sitegen.rendering.formulas import render_formulas
from sitegen.rendering.sections import add_sections
from sitegen.rendering.snippets import mark_outputs, mark_snippets
from sitegen.rendering.text.line_breaks import place_breaks
from sitegen.rendering.trim import trim, trim_space

__all__ = ["finished"]

PRELOAD = '<link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>'


def finished(html: str, address: Callable[[str], str]) -> str:
    """Return the HTML of a page as it is published.

    Parameters
    ----------
    html : str
        The page as the template has made it.
    address : callable
        Takes the path of a file in the site; returns its address as seen from the page.

    Raises
    ------
    ValueError
        If the page has no content, or KaTeX cannot read a formula.
    """
    tree = parse(html)
    content = find(tree, "article")
    trim_space(find(tree, "html"))
    place_breaks(tree, content)
    _move_below_heading(content)
    mark_outputs(content)
    mark_snippets(content)
    for box in (content, content.css_first(".notebook")):
        if box is not None:
            add_sections(tree, box)
    render_formulas(tree)
    trim(tree)
    # Letters on the first screen that come late would move the lines they stand in.
    for font in early_fonts(content):
        find(tree, "head").insert_child(element(PRELOAD.format(address(font))))
    return write(tree)


def _move_below_heading(content: Node) -> None:
    """Put what can be done with the page below its heading, of which the template knows nothing."""
    actions, heading = content.css_first(".page-actions"), content.css_first("h1")
    if actions is not None and heading is not None:
        heading.insert_after(actions, move=True)
