"""Reading and changing the HTML of built pages, whichever builder has made them."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["article", "change_attributes", "home_of", "is_local"]

# What is inside of scripts, styles and comments is no markup.
_OPAQUE = r"<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->"
_TAGS = re.compile(
    rf"""(?P<opaque>{_OPAQUE})|<(?P<tag>[a-z][\w-]*)(?:"[^"]*"|'[^']*'|[^"'>])*>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""(?P<before>\s(?P<name>[\w:-]+)\s*=\s*)(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
)
_ARTICLE = re.compile(r"<article\b[^>]*>(.*?)</article>", re.DOTALL)


def change_attributes(html: str, change: Callable[[str, str, str], str]) -> str:
    """Replace the value of each attribute by ``change(tag, name, value)``; entities are left as they are."""

    def changed(tag: re.Match[str]) -> str:
        if tag["opaque"]:
            return tag[0]

        def value(match: re.Match[str]) -> str:
            quote = "'" if match["double"] is None else '"'
            old = match["single"] if match["double"] is None else match["double"]
            new = change(tag["tag"].lower(), match["name"].lower(), old)
            return f"{match['before']}{quote}{new}{quote}"

        return _ATTRIBUTE.sub(value, tag[0])

    return _TAGS.sub(changed, html)


def article(html: str) -> str:
    """Return what is in the article of a page.

    Raises
    ------
    ValueError
        If there is none.
    """
    match = _ARTICLE.search(html)
    if match is None:
        raise ValueError("the page has no <article>")
    return match[1]


def is_local(address: str) -> bool:
    """Whether an address is relative to the page that names it."""
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc


def home_of(site: Path) -> str:
    """Return the address at which a built site says that it is published."""
    html = (site / "index.html").read_text(encoding="utf-8")
    match = re.search(r'<link rel="canonical" href="([^"]*)"', html)
    if match is None:
        raise ValueError(f"{site}/index.html has no canonical address")
    return match[1]
