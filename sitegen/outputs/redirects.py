"""Pages that say where another has gone, for addresses that have been published once."""

import html
import json
import posixpath
from collections.abc import Collection, Mapping

__all__ = ["redirects"]

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<link rel="canonical" href="{canonical}">
<script>location.replace({address} + (location.hash || {anchor}))</script>
<meta http-equiv="refresh" content="0; url={link}">
</head>
<body>
<h1>This page has moved</h1>
<p>Its <a href="{link}">new address</a> is {canonical}</p>
</body>
</html>
"""


def redirects(moved: Mapping[str, str], pages: Collection[str], home: str) -> dict[str, str]:
    """Return the redirecting pages by their place in the site.

    Parameters
    ----------
    moved : mapping of str to str
        The source of the page that was, such as ``tutorials/old.md``, and that of the page that is, with a
        section (``tutorials/new.md#section``) or without.
    pages : collection of str
        The sources of all pages.
    home : str
        The address of the site.

    Raises
    ------
    ValueError
        If a page is still there, or a new one is not.
    """
    made = {}
    for old, new in moved.items():
        source, hash_sign, section = new.partition("#")
        if old in pages:
            raise ValueError(f"redirects in mkdocs.yml: {old} has not moved, it is still there")
        if source not in pages:
            raise ValueError(
                f"redirects in mkdocs.yml: {old} leads to {source}, which does not exist"
            )
        address = posixpath.relpath(_folder(source), _folder(old)) + "/"
        canonical = home + ("" if _folder(source) == "." else f"{_folder(source)}/")
        made[posixpath.normpath(f"{_folder(old)}/index.html")] = PAGE.format(
            address=_script(address),
            anchor=_script(hash_sign + section),
            canonical=html.escape(canonical),
            link=html.escape(address + hash_sign + section),
        )
    return made


def _folder(source: str) -> str:
    """Where a page is published: ``a/b.md`` in ``a/b``, ``a/index.md`` in ``a``."""
    path = source.removesuffix(".md")
    return posixpath.normpath(
        posixpath.dirname(path) if posixpath.basename(path) == "index" else path
    )


def _script(text: str) -> str:
    return json.dumps(text).replace("<", "\\u003c")
