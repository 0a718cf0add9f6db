"""Remove marks from the HTML of a page that change nothing a reader sees, hears or copies."""

import re

__all__ = ["without_unseen"]

_STYLE = re.compile(r'\sstyle="[^"]*"')
_BELOW_A_PIXEL = re.compile(r"(?<=\.\d\d\d)\d+(?=em)")
# Names, operators and punctuation have the colour of the code around them; the TeX of a formula
# stands beside the MathML that was made from it, which is known for what it is without a namespace.
_UNSEEN = re.compile(
    r'<span class="[nopw]">(?P<plain>[^<]*)</span>|<annotation\b.*?</annotation>'
    r'|(?<=<math) xmlns="[^"]*"|<!--.*?-->',
    re.DOTALL,
)


def without_unseen(page: str) -> str:
    """Take from the HTML of a page the marks that change nothing of what is seen, read out or copied."""
    page = _UNSEEN.sub(lambda match: match["plain"] or "", page)
    return _STYLE.sub(lambda style: _BELOW_A_PIXEL.sub("", style[0]), page)
