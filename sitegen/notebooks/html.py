"""From what mkdocs-jupyter makes of a notebook to HTML that looks like the rest of the site.

Its pages bring JupyterLab's style sheet and scripts, more than half a megabyte in each, and a tree
of boxes around every cell. Here the cells are taken out and written as the site writes its own
code, so that they need no other style, no script, and follow the reader's colours.
"""

from collections.abc import Iterator

from sitegen.common.html import Node, attribute, classes, find, inside, parse

__all__ = ["simplify"]

_STDERR = "application/vnd.jupyter.stderr"


def simplify(html: str) -> str:
    """Return the cells of a converted notebook, below its heading.

    Raises
    ------
    ValueError
        If the cells are not found: the converter has changed.
    """
    tree = parse(html)
    for anchor in tree.css("a.anchor-link"):
        anchor.attrs["class"] = "headerlink"
        anchor.attrs["title"] = "Link to this section"
    for head in tree.css(".jp-RenderedMarkdown th"):
        if not inside(head).strip():  # an empty corner is the head of nothing
            cell = tree.create_node("td")
            for name, value in head.attributes.items():
                cell.attrs[name] = value
            head.replace_with(cell)
    heading = find(tree, ".jp-RenderedMarkdown h1")
    title = heading.html
    heading.decompose()
    parts = [part for cell in tree.css('[id^="cell-id="]') for part in _cell(cell)]
    return "\n".join([f'{title}\n<div class="notebook">', *parts, "</div>"])


def _cell(cell: Node) -> Iterator[str]:
    """The prose of a cell, or its code and what that has put out."""
    prose = cell.css_first(".jp-RenderedMarkdown")
    if prose is not None:
        yield inside(prose).strip("\n")
        return
    prompt, code = cell.css_first(".jp-InputPrompt"), cell.css_first(".highlight-ipynb pre")
    if prompt is None or code is None:
        raise ValueError("a cell of the notebook is not found in its HTML")
    label = prompt.text().replace("\xa0", " ").removesuffix(":")
    yield _block("python", f'<span class="filename input">{label}</span>', inside(code))
    for output in cell.css(".jp-OutputArea-output"):
        text = output.css_first("pre")
        if "jp-RenderedText" in classes(output) and text is not None:
            name = "Error" if attribute(output, "data-mime-type") == _STDERR else "Output"
            yield _block("text", f'<span class="filename">{name}</span>', inside(text))
        else:
            content = inside(output).strip("\n")
            yield f'<p class="figure">{content}</p>'


def _block(language: str, title: str, code: str) -> str:
    return f'<div class="language-{language} highlight cell">{title}<pre><code>{code}</code></pre></div>'
