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
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sybil import Region

from sitegen import figures
from sitegen.pages import FIGURE, MARK, NAME, Page, Snippet

__all__ = [
    "COLAB", "FOLDERS", "SITE", "file_of_notebook", "page_address", "to_open", "to_show",
    "uri_of_notebook", "uri_of_page",
]  # fmt: skip

FOLDERS = ("tutorials", "cases")
SITE = "https://calcguide.github.io/calcguide/"
# The branch to which the published notebooks are pushed: Colab opens files of a repository only.
COLAB = "https://colab.research.google.com/github/calcguide/calcguide/blob/notebooks/"

# What a cell may import without the reader having it: the module, and what pip calls it.
INSTALLED = {
    "autograd": "autograd",
    "calcguide": "calcguide",
    "sklearn": "scikit-learn",
    "statsmodels": "statsmodels",
}

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
BOX = re.compile(r'(?:!!!|\?\?\?)\+? *(?P<kind>[\w-]+)(?: +"(?P<title>[^"]*)")?[ \t]*')
EXERCISE = re.compile(r"^\*\*(\d+\. .+?)\.?\*\*[ \t]*", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} ")
MATHS = re.compile(r"(?<!\\)(?P<sign>\$\$?)(?P<tex>[^$]+?)(?<!\\)(?P=sign)")
# Fences, code in a line and formulas are no prose: what they hold stays as it is.
VERBATIM = re.compile(
    r"(^[ \t]*(?P<fence>```+)[^`\n]*\n.*?^[ \t]*(?P=fence)[ \t]*$|`+[^`\n]+`+|(?<!\\)\$\$?[^$]+\$\$?)",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?P<title>[^)]*)\)")
ATTRIBUTES = re.compile(r"[ \t]*\{:? *[.#][^}\n]*\}")
# A line of its own that stands for a cell: a snippet by its number, or a solution that is folded.
CELL = re.compile(r"^\0(?P<kind>snippet|folded) (?P<what>.*)$", re.MULTILINE)

Cell = dict[str, Any]
# From the name of a figure and what is to be seen on it, to what a cell has put out.
Draw = Callable[[str, str], dict[str, list[str]]]


def uri_of_notebook(uri: str) -> str | None:
    """Return where the notebook of the page at ``uri`` stands, if the page has one."""
    folder, _, name = uri.rpartition("/")
    if folder not in FOLDERS or not name.endswith(".md") or name == "index.md":
        return None
    return f"notebooks/{uri.removesuffix('.md')}.ipynb"


def uri_of_page(notebook: str) -> str:
    """Return the page from which a notebook is made."""
    return notebook.removeprefix("notebooks/").removesuffix(".ipynb") + ".md"


def file_of_notebook(notebook: str) -> str:
    """Return where the site has a notebook as a file: in the folder of the page that shows it."""
    return f"{notebook.removesuffix('.ipynb')}/{posixpath.basename(notebook)}"


def page_address(uri: str) -> str:
    """Return the address at which the page at ``uri`` is published."""
    folder, name = posixpath.split(uri.removesuffix(".md"))
    path = folder if name == "index" else f"{folder}/{name}"
    return SITE + f"{path}/".lstrip("/")


def to_open(page: Page, uri: str, drawings: Mapping[str, str]) -> str:
    """Return the notebook of a page for Jupyter and Colab, the same bytes each time.

    ``drawings`` has the light SVG of each figure under the figure's name.
    """
    return _text(_derive(page, uri, lambda name, alt: _drawing(drawings[name], alt)))


def to_show(page: Page, uri: str, drawings: Mapping[str, str]) -> str:
    """Return the same notebook for its page on the site, which has figures and formulas already.

    The figures are those of the page from which the notebook is made, in both palettes; formulas
    stand as that page has them, for the same renderer.
    """
    folder = "../" * (uri.count("/") + 2) + posixpath.dirname(uri) + "/figures/"
    notebook = _derive(page, uri, lambda name, alt: _images(folder + name, drawings[name], alt))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = _lines(VERBATIM.sub(_formula, source))
    return _text(notebook)


def _derive(page: Page, uri: str, draw: Draw) -> Cell:
    cells: list[Cell] = [_code(_installation(page))]
    snippets = page.snippets
    markdown = _markdown(page, uri)
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


# Cells


def _installation(page: Page) -> str:
    """Return the first cell, which leaves alone whatever is there."""
    imported = _imported(page)
    lines = ["# Installs what this notebook needs, where it is missing.",
             "from importlib.util import find_spec", ""]  # fmt: skip
    for module, name in INSTALLED.items():
        if module in imported or module == "calcguide":
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
        data = draw(figure.name, _alt(match))
        yield {"data": data, "metadata": {}, "output_type": "display_data"}
    if error := snippet.promised("error").strip():
        name, _, value = error.partition(": ")
        yield {"ename": name, "evalue": value, "output_type": "error", "traceback": [error]}


def _alt(figure: re.Match[str]) -> str:
    return " ".join(figure["alt"].split())


def _drawing(svg: str, alt: str) -> dict[str, list[str]]:
    """Give a drawing a ground, for a notebook may be shown on a dark one, and its description."""
    tag, inside = svg.split(">", 1)
    said = html.escape(alt)
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    drawing = f'{tag} role="img" aria-label="{said}">\n <title>{said}</title>\n {paper}{inside}'
    return {"image/svg+xml": _lines(drawing), "text/plain": [alt]}


def _images(path: str, svg: str, alt: str) -> dict[str, list[str]]:
    width, height = figures.size(svg)
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


# Markdown


def _markdown(page: Page, uri: str) -> str:
    """Return the page in the Markdown of notebooks, with a line for each cell."""
    text = _resolve(_cut(page), uri)
    start, title, exercises = text.partition("\n## Exercises\n")
    exercises = EXERCISE.sub(r"### \1\n\n", exercises)
    return _open_boxes(start + title + exercises)


def _cut(page: Page) -> str:
    """Leave out what becomes a cell, its outputs, or is for the site alone."""
    text = page.text
    cuts: list[tuple[int, int, str]] = []
    if match := FRONT_MATTER.match(text):
        cuts.append((0, match.end(), ""))
    for number, snippet in enumerate(page.snippets):
        if snippet.skip_reason is not None:
            continue  # remains a fence of the prose
        opening = text[snippet.start : snippet.end]
        indent = opening[: len(opening) - len(opening.lstrip(" "))]
        cuts.append((snippet.start, snippet.end, f"{indent}\0snippet {number}"))
        promises: list[Region | None] = [snippet.output, snippet.error]
        cuts += [(fence.start, fence.end, "") for fence in promises if fence is not None]
    for match in FIGURE.finditer(text):
        if NAME.fullmatch(match["target"]):
            cuts.append((*match.span(), f"*{_alt(match)}*"))
    for match in MARK.finditer(text):
        reason = f"*This snippet is not run: {match['reason']}.*" if match["mark"] == "skip" else ""
        cuts.append((*match.span(), reason))
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _resolve(text: str, uri: str) -> str:
    """Make links absolute, and drop the attributes that only the site's Markdown knows."""

    def link(match: re.Match[str]) -> str:
        target, hash_sign, anchor = match["target"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        beside = posixpath.join(posixpath.dirname(uri), target)
        other = posixpath.normpath(beside) if target else uri
        address = page_address(other) if other.endswith(".md") else SITE + other
        return f"]({address}{hash_sign}{anchor}{match['title']})"

    def prose(part: str) -> str:
        return ATTRIBUTES.sub("", LINK.sub(link, part))

    result, place = "", 0
    for verbatim in VERBATIM.finditer(text):
        result += prose(text[place : verbatim.start()]) + verbatim[0]
        place = verbatim.end()
    return result + prose(text[place:])


def _open_boxes(text: str) -> str:
    """Turn admonitions into quotations, and solutions into sections that can be folded."""
    lines, result, solutions = text.split("\n"), [], 0
    while lines:
        line = lines.pop(0)
        box = BOX.fullmatch(line)
        if box is None:
            result.append(line)
            continue
        inside = []
        while lines and (not lines[0].strip() or lines[0].startswith("    ")):
            inside.append(lines.pop(0))
        content = textwrap.dedent("\n".join(inside)).strip("\n")
        title = box["title"] or box["kind"].capitalize()
        if title == "Solution":
            solutions += 1
            following = next((line for line in lines if line.strip()), "#")
            # Only a heading ends what is folded.
            title = f"Solution {solutions}"
            heading = f"\0folded {title}" if HEADING.match(following) else f"**{title}**"
            result += [heading, "", _open_boxes(content), ""]
        else:
            result += [_quotation(f"**{title}**\n\n{_open_boxes(content)}"), ""]
    return "\n".join(result)


def _formula(match: re.Match[str]) -> str:
    """Write a formula so that no Markdown changes it: as the site has it, each sign by its number."""
    formula = MATHS.fullmatch(match[0])
    if formula is None:
        return match[0]
    tex = " ".join(formula["tex"].split())
    tag, tex = ("div", rf"\[{tex}\]") if formula["sign"] == "$$" else ("span", rf"\({tex}\)")
    signs = "".join(sign if sign.isalnum() or sign == " " else f"&#{ord(sign)};" for sign in tex)
    return f'<{tag} class="arithmatex">{signs}</{tag}>'


def _quotation(text: str) -> str:
    # Notebooks take the signs of a quotation for part of a formula that goes over several lines.
    text = MATHS.sub(lambda match: " ".join(match[0].split()), text)
    lines = (line if line.startswith("\0") else f"> {line}".rstrip() for line in text.split("\n"))
    # What is cut by a cell goes on as another quotation.
    return re.sub(r"^(?:>\n)*(\0.*)\n(?:>\n)*", r"\n\1\n\n", "\n".join(lines), flags=re.MULTILINE)
