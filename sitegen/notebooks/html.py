"""From what mkdocs-jupyter makes of a notebook to HTML that looks like the rest of the site.

Its pages bring JupyterLab's style sheet and scripts, more than half a megabyte in each, and a tree
of boxes around every cell. Here the cells are taken out and written as the site writes its own
code, so that they need no other style, no script, and follow the reader's colours.
"""

import re

__all__ = ["simplify"]

_CELLS = re.compile(
    r"""
      <div\ class="jp-RenderedHTMLCommon\ jp-RenderedMarkdown[^>]*>\n
        (?P<prose>.*?)\n</div>\n</div>\n</div>\n</div>
    | <div\ class="jp-InputPrompt[^>]*>(?P<prompt>In.\[[\d\s]*\]):</div>
    | <div\ class="highlight-ipynb[^>]*><pre>(?P<code>.*?)</pre></div>
    | <div\ class="jp-RenderedText[^>]*data-mime-type="(?P<type>[^"]*)"[^>]*>\s*
        <pre>\s*?(?P<text>.*?)</pre>
    | <div\ class="jp-RenderedHTMLCommon\ jp-RenderedHTML\ [^>]*>\n(?P<html>.*?)\n</div>
    """,
    re.DOTALL | re.VERBOSE,
)
_HEADING = re.compile(r"<h1\b.*?</h1>", re.DOTALL)
_ANCHOR = re.compile(r'<a class="anchor-link" href="([^"]*)">')
_CORNER = re.compile(r"<th([^>]*)>\s*</th>")  # the head of nothing
_STDERR = "application/vnd.jupyter.stderr"


def simplify(html: str) -> str:
    """Return the cells of a converted notebook, below its heading.

    Raises
    ------
    ValueError
        If the cells are not found: the converter has changed.
    """
    parts, prompt = [], ""
    for match in _CELLS.finditer(html):
        if match["prompt"] is not None:
            prompt = match["prompt"].replace("\xa0", " ")
        elif match["prose"] is not None:
            anchor = r'<a class="headerlink" href="\1" title="Link to this section">'
            prose = _CORNER.sub(r"<td\1></td>", match["prose"])
            parts.append(_ANCHOR.sub(anchor, prose))
        elif match["code"] is not None:
            title = f'<span class="filename input">{prompt}</span>'
            parts.append(_block("python", title, match["code"]))
        elif match["text"] is not None:
            name = "Error" if match["type"] == _STDERR else "Output"
            parts.append(_block("text", f'<span class="filename">{name}</span>', match["text"]))
        else:
            parts.append(f'<p class="figure">{match["html"]}</p>')
    content = "\n".join(parts)
    heading = _HEADING.search(content)
    if heading is None or len(parts) < html.count('id="cell-id='):
        raise ValueError("the cells of the notebook are not found in its HTML")
    rest = content[: heading.start()] + content[heading.end() :]
    return f'{heading[0]}\n<div class="notebook">\n{rest}\n</div>'


def _block(language: str, title: str, code: str) -> str:
    return f'<div class="language-{language} highlight cell">{title}<pre><code>{code}</code></pre></div>'
