"""What the HTML of a page says of its snippets, for scripts that run them.

The box of each snippet has the attributes

- ``data-snippet``: its number among all snippets of the page, from 1, as `contract.Page.snippets` has them;
- ``data-run``: where it is run. ``browser``: in the build, and where the reader wants it; ``build``: there
  alone, after a mark ``not in the browser``; ``nowhere``, after a mark ``skip``;
- ``data-raises``: there if the page says that it raises.

Code in the notebook of a page and in the signatures of the reference is none.
"""

from sitegen.common.html import Node, attribute, classes, next_element

__all__ = ["WHERE", "mark_outputs", "mark_snippets"]

# By the mark in the source of a page, where the snippet below it is run.
WHERE = {"skip": "nowhere", "not in the browser": "build"}
_SNIPPETS = ".language-python.highlight:not(.doc-signature, .notebook *)"
_OUTPUTS = {"Output": "output", "Error": "error"}


def mark_outputs(content: Node) -> None:
    """Let the title bars of output fences say what they are, for style sheets and scripts."""
    for title in content.css(".highlight > .filename"):
        kind = _OUTPUTS.get(title.text())
        if kind is not None:
            title.attrs["class"] = f"filename {kind}"


def mark_snippets(content: Node) -> None:
    """Number the snippets of a page, and say of each where it is run and whether it raises.

    The page's Markdown has left the place where a snippet is run in the reason before it, and outputs
    have been marked.
    """
    reasons = {
        following.mem_id: reason
        for reason in content.css(".not-live[data-run]")
        if reason.parent is not None and (following := next_element(reason.parent)) is not None
    }
    for number, box in enumerate(content.css(_SNIPPETS), start=1):
        reason = reasons.get(box.mem_id)
        box.attrs["data-run"] = attribute(reason, "data-run") if reason else "browser"
        if _raises(box):
            box.attrs["data-raises"] = ""
        box.attrs["data-snippet"] = str(number)
    for reason in reasons.values():
        del reason.attrs["data-run"]


def _raises(box: Node) -> bool:
    """Whether an error is among the outputs and figures directly after a snippet."""
    following = next_element(box)
    while following is not None:
        title = following.first_child
        names = {*classes(following), *(classes(title) if title else ())}
        if {"filename", "error"} <= names:
            return True
        if not ({"filename", "output"} <= names or "figure" in names):
            return False
        following = next_element(following)
    return False
