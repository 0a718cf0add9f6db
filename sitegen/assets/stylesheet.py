"""One style sheet for the site, with the rules that can apply to something."""

import re
from pathlib import Path

from sitegen.assets.fonts.letters_in_use import WORD
from sitegen.assets.minify import minified_styles
from sitegen.common.files import write_atomically

__all__ = ["STYLES", "merge_style_sheets"]

STYLES = "assets/styles.css"
SCRIPTS = ("javascripts/bundle.*.js", "scripts/*.js", "live/*/*.js")

# Material's script names these, and the site never shows them: tags and diagrams.
NEVER_SHOWN = re.compile(r"(?:--)?md-tag|(?:--md-)?mermaid")


def merge_style_sheets(site: Path, sheets: list[str], words: set[str]) -> None:
    """Replace style sheets by one, without the rules for what no page has and no script adds.

    ``words`` are those in the tags of the pages; the scripts have to be those of the finished site.
    """
    for pattern in SCRIPTS:
        for script in site.glob(f"assets/{pattern}"):
            words = words | set(WORD.findall(script.read_text(encoding="utf-8")))
    paths = [(site / sheet).resolve() for sheet in sheets]
    contents = [path.read_text(encoding="utf-8") for path in paths]
    # Only words of the sheets matter: a page with a new heading changes nothing.
    known = words & set(WORD.findall(" ".join(contents)))
    known = {word for word in known if not NEVER_SHOWN.match(word)}
    target = (site / STYLES).resolve()
    styles = {"folder": str(target.parent), "sheets": list(map(str, paths)), "words": sorted(known)}
    merged = minified_styles(styles, [*sheets, *contents, *sorted(known)])
    for path in paths:
        path.unlink()
    write_atomically(target, merged)
