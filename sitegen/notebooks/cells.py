"""From a page to a notebook for Jupyter and Colab: the same prose, code, outputs and figures.

A notebook is derived from the text of its page and the figures drawn for it; nothing is run. What
its cells have printed and raised is what the page shows, and that the page's run has verified.
Two are made: one to be opened elsewhere, which holds its figures, and one that the site shows,
which names those of the page.
"""

import ast
import hashlib
import html
import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sitegen.figures.svg import size
from sitegen.live.wheel import Wheel
from sitegen.notebooks.addresses import SITE
from sitegen.notebooks.markdown import CELL, HEADING, alt_text, to_markdown, with_rendered_formulas
from sitegen.pages.contract import FIGURE, Page, Snippet

__all__ = ["to_open", "to_show"]

# What a cell may import besides calcguide without the reader having it: the module, and what pip calls it.
INSTALLED = {
    "autograd": "autograd",
    "sklearn": "scikit-learn",
    "statsmodels": "statsmodels",
}

Cell = dict[str, Any]
# From the name of a figure and what is to be seen on it, to what a cell has put out.
Draw = Callable[[str, str], dict[str, list[str]]]


def to_open(page: Page, uri: str, drawings: Mapping[str, str], package: Wheel) -> str:
    """Return the notebook of a page for Jupyter and Colab, the same bytes each time.

    ``drawings`` has the light SVG of each figure under the figure's name; its first cell installs ``package``.
    """
    return _text(_derive(page, uri, package, lambda name, alt: _drawing(drawings[name], alt)))


def to_show(page: Page, uri: str, drawings: Mapping[str, str], package: Wheel) -> str:
    """Return the same notebook for its page on the site, which has figures and formulas already.

    The figures are those of the page from which the notebook is made, in both palettes; formulas
    stand as that page has them, for the same renderer.
    """
    folder = "../" * (uri.count("/") + 2) + posixpath.dirname(uri) + "/figures/"

    def draw(name: str, alt: str) -> dict[str, list[str]]:
        return _images(folder + name, drawings[name], alt)

    notebook = _derive(page, uri, package, draw)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = _lines(with_rendered_formulas(source))
    return _text(notebook)


def _derive(page: Page, uri: str, package: Wheel, draw: Draw) -> Cell:
    cells: list[Cell] = [_code(_installation(page, package))]
    snippets = page.snippets
    markdown = to_markdown(page, uri)
    place = 0
    count = 0
    for mark in CELL.finditer(markdown):
        cells += _prose(markdown[place : mark.start()])
        place = mark.end()
        if mark["kind"] == "folded":
            cells.append(_folded(mark["what"]))
            continue
        snippet = snippets[int(mark["what"])]
        count += 1
        cells.append(_code(snippet.source, count, list(_outputs(page, snippet, draw))))
        if snippet.error is not None:
            # Running all cells goes on after it, and a tool that executes notebooks expects it.
            cells[-1]["metadata"]["tags"] = ["raises-exception"]
    cells += _prose(markdown[place:])
    _identify(cells)
    folded = [cell["id"] for cell in cells if "jp-MarkdownHeadingCollapsed" in cell["metadata"]]
    return {
        "cells": cells,
        "metadata": {
            "colab": {"collapsed_sections": folded},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _text(notebook: Cell) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _installation(page: Page, package: Wheel) -> str:
    """Return the first cell, which leaves alone whatever is there."""
    imported = _imported(page)
    wanted = {"calcguide": f'"{SITE}{package.uri}#sha256={package.sha256}"'}
    wanted |= {module: name for module, name in INSTALLED.items() if module in imported}
    lines = ["# Installs what this notebook needs, where it is missing.",
             "# If pip no longer finds calcguide, open this notebook on its site again.",
             "from importlib.util import find_spec", ""]  # fmt: skip
    for module, name in wanted.items():
        lines += [f'if find_spec("{module}") is None:', f"    %pip install --quiet {name}"]
    return "\n".join(lines)


def _imported(page: Page) -> set[str]:
    """Return the top-level modules that a page imports."""
    names = set()
    for snippet in page.snippets:
        if snippet.skip_reason is not None:
            continue
        try:
            nodes = list(ast.walk(ast.parse(snippet.source)))
        except SyntaxError:  # promised by its page
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def _code(source: str, count: int | None = None, outputs: list[Cell] | None = None) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {},
        "outputs": outputs or [],
        "source": _lines(source.rstrip("\n")),
    }


def _outputs(page: Page, snippet: Snippet, draw: Draw) -> Iterator[Cell]:
    if output := snippet.promised("output"):
        yield {"name": "stdout", "output_type": "stream", "text": _lines(output)}
    named = FIGURE.finditer(page.text, snippet.end)
    for figure, match in zip(snippet.figures, named, strict=False):
        data = draw(figure.name, alt_text(match))
        yield {"data": data, "metadata": {}, "output_type": "display_data"}
    if error := snippet.promised("error").strip():
        name, _, value = error.partition(": ")
        yield {"ename": name, "evalue": value, "output_type": "error", "traceback": [error]}


def _drawing(svg: str, alt: str) -> dict[str, list[str]]:
    """Give a drawing a ground, for a notebook may be shown on a dark one, and its description."""
    tag, inside = svg.split(">", 1)
    said = html.escape(alt)
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    drawing = f'{tag} role="img" aria-label="{said}">\n <title>{said}</title>\n {paper}{inside}'
    return {"image/svg+xml": _lines(drawing), "text/plain": [alt]}


def _images(path: str, svg: str, alt: str) -> dict[str, list[str]]:
    width, height = size(svg)
    rest = f'alt="{html.escape(alt)}" width="{width}" height="{height}" loading="lazy" decoding="async"'
    light, dark = f"{path}.svg#only-light", f"{path}-dark.svg#only-dark"
    return {"text/html": [f'<img src="{light}" {rest}><img src="{dark}" {rest}>']}


def _prose(text: str) -> list[Cell]:
    """Split Markdown into a cell for each heading with what follows it, as outlines expect."""
    parts, fenced = [""], False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if not fenced and HEADING.match(line):
            parts.append("")
        parts[-1] += line
    return [
        {"cell_type": "markdown", "metadata": {}, "source": _lines(part)}
        for part in (re.sub(r"\n{3,}", "\n\n", part).strip() for part in parts)
        if part
    ]


def _folded(title: str) -> Cell:
    """Return a heading that hides what is below it until it is opened, in JupyterLab and Colab."""
    return {
        "cell_type": "markdown",
        "metadata": {"jp-MarkdownHeadingCollapsed": True},
        "source": [f"#### {title}"],
    }


def _identify(cells: list[Cell]) -> None:
    """Name each cell by what it holds, so that a change elsewhere does not rename it."""
    seen: dict[str, int] = {}
    for cell in cells:
        source = "".join(cell["source"])
        seen[source] = seen.get(source, 0) + 1
        digest = hashlib.sha256(f"{seen[source]} {source}".encode()).hexdigest()
        cell["id"] = cell["metadata"]["id"] = digest[:12]  # Colab looks into the metadata


def _lines(text: str) -> list[str]:
    """Return a text as notebooks have it, so that differences between two show by line."""
    return text.splitlines(keepends=True)
