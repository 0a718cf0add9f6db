"""Parts of a page, between its headings, that a browser lays out when the reader comes near them.

A long page has ten thousand elements, most of them in formulas: to lay all of them out before the first line
can be read takes seconds on a phone. For what has not been laid out yet a height is guessed, so that the
scroll bar tells the truth, nearly; headings stay outside, for the table of contents asks where they are.
"""

import re

__all__ = ["in_parts"]

LETTERS = 200  # a part with less text, and nothing else, is not worth a box

_HEADING = re.compile(r"(<h[2-6]\b.*?</h[2-6]>)", re.DOTALL)
_TAG = re.compile(r"<(/?)(?:div|section|details|figure|table|ul|ol|li|blockquote)\b")
_CLOSED = re.compile(r"<details\b(?![^>]*\sopen).*?</details>", re.DOTALL)
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_FORMULA = re.compile(r'<div class="arithmatex">.*?</div>', re.DOTALL)
_FIGURE = re.compile(r'<img [^>]*?height="(\d+)"[^>]*#only-light')
_ROW = re.compile(r"<(?:tr|li|p|summary)\b")
_ANY_TAG = re.compile(r"<[^>]*>")


def in_parts(html: str) -> str:
    """Return the content of a page with a box around all that stands between two headings.

    Where headings stand in boxes of their own, as on the home page, nothing is changed.
    """
    before, *rest = _HEADING.split(html)
    parts = [before]
    for heading, content in zip(rest[::2], rest[1::2], strict=True):
        parts += [heading, _part(content)]
    return "".join(parts)


def _part(html: str) -> str:
    body, end = html, ""
    if not _balanced(html):  # the last one may close the box around all
        body, slash, end = html.rpartition("</div>")
        end = slash + end
    em, letters = _size(body)
    if not _balanced(body) or not body.strip() or (em < 6 and letters < LETTERS):
        return html
    return f'<div class="part" style="--em:{em};--letters:{letters}">{body}</div>{end}'


def _balanced(html: str) -> bool:
    """Whether each box that begins here ends here, too."""
    depth = 0
    for slash in _TAG.findall(html):
        depth += -1 if slash else 1
        if depth < 0:
            return False
    return depth == 0


def _size(html: str) -> tuple[int, int]:
    """About how high all is that has a height of its own, in em, and the number of letters in the rest."""
    html = _CLOSED.sub("<summary>", html)
    em = sum(1.2 * code.count("\n") + 3.5 for code in _CODE.findall(html))
    html = _CODE.sub("", html)
    em += sum(4 + 2 * formula.count(r"\\") for formula in _FORMULA.findall(html))
    html = _FORMULA.sub("", html)
    em += sum(int(height) / 16 for height in _FIGURE.findall(html)) + len(_ROW.findall(html))
    return round(em), len(_ANY_TAG.sub("", html))
