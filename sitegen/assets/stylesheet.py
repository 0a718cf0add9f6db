"""One style sheet for the site, with the rules that apply to something."""

import re
from pathlib import Path

from sitegen.assets.fonts.letters_in_use import WORD
from sitegen.assets.minify import minified_styles
from sitegen.common.files import write_atomically

__all__ = ["STYLES", "one_sheet"]

STYLES = "assets/styles.css"  # all style sheets of the site in one

# Material's script names these, and the site never shows them: other versions, annotations in code,
# figures of a repository, tags, states of pages, and diagrams.
NEVER_SHOWN = re.compile(r"(?:--)?md-(?:version|annotation|source|tag|status)|(?:--md-)?mermaid")


def one_sheet(site: Path, sheets: list[str], words: set[str]) -> None:
    """Put in the place of style sheets one, without the rules for what no page has and no script adds.

    The words are those in the tags of the pages.
    """
    for pattern in ("javascripts/bundle.*.js", "scripts/*.js", "live/*/*.js"):
        for script in site.glob(f"assets/{pattern}"):
            words = words | set(WORD.findall(script.read_text(encoding="utf-8")))
    paths = [(site / sheet).resolve() for sheet in sheets]
    contents = [path.read_text(encoding="utf-8") for path in paths]
    # Another heading is a new word, but no reason to make the sheet anew.
    known = words & set(WORD.findall(" ".join(contents)))
    known = {word for word in known if not NEVER_SHOWN.match(word)}
    target = (site / STYLES).resolve()
    styles = {"folder": str(target.parent), "sheets": list(map(str, paths)), "words": sorted(known)}
    one = minified_styles(styles, [*sheets, *contents, *sorted(known)])
    for path in paths:
        path.unlink()
    write_atomically(target, one)
