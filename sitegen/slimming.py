"""What a reader of the built site need not wait for.

Fonts keep the letters that the pages show, and one style sheet of all the rules that apply to something; the search
index and its worker are fetched when the search is opened; pages lose marks that nobody sees, and drawings digits.
"""

import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from sitegen.background import in_background
from sitegen.files import write_atomically
from sitegen.fonts import subset_fonts
from sitegen.mending import mended
from sitegen.node import node
from sitegen.seen import WORD, seen_in

__all__ = ["STYLES", "one_sheet", "rounded", "slim", "slim_script", "without_unseen"]

STYLES = "assets/styles.css"  # all style sheets of the site in one

# Material's script names these, and the site never shows them: other versions, annotations in code,
# figures of a repository, tags, states of pages, and diagrams.
NEVER_SHOWN = re.compile(r"(?:--)?md-(?:version|annotation|source|tag|status)|(?:--md-)?mermaid")

_STYLE = re.compile(r'\sstyle="[^"]*"')
_BELOW_A_PIXEL = re.compile(r"(?<=\.\d\d\d)\d+(?=em)")
_PATH = re.compile(r'\sd="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
# Names, operators and punctuation have the colour of the code around them; the TeX of a formula
# stands beside the MathML that was made from it, which is known for what it is without a namespace.
_UNSEEN = re.compile(
    r'<span class="[nopw]">(?P<plain>[^<]*)</span>|<annotation\b.*?</annotation>'
    r'|(?<=<math) xmlns="[^"]*"|<!--.*?-->',
    re.DOTALL,
)


def slim(site: Path, cache: Path, sheets: list[str], scripts: Mapping[str, "Future[str]"]) -> None:
    """Slim what the pages of a built site have in common, in place: fonts, the given style sheets and scripts."""
    seen = seen_in(site, cache)
    sheet = in_background(partial(one_sheet, site, cache, sheets, seen["words"]))
    subset_fonts(site, cache, seen)
    sheet.result()
    for uri, script in scripts.items():
        write_atomically(site / uri, script.result())


def slim_script(path: Path, cache: Path) -> str:
    """Return a script that does the same in fewer bytes; Material's is mended first."""
    source = path.read_text(encoding="utf-8")
    return _slimmed(
        cache, {"script": mended(source) if path.parent.name == "javascripts" else source}
    )


def rounded(svg: str) -> str:
    """Round the paths of a drawing to a hundredth of a point."""
    return _PATH.sub(lambda path: _DIGITS.sub(r"\1", path[0]), svg)


def without_unseen(page: str) -> str:
    """Take from the HTML of a page the marks that change nothing of what is seen, read out or copied."""
    page = _UNSEEN.sub(lambda match: match["plain"] or "", page)
    return _STYLE.sub(lambda style: _BELOW_A_PIXEL.sub("", style[0]), page)


def one_sheet(site: Path, cache: Path, sheets: list[str], words: set[str]) -> None:
    """Put in the place of style sheets one, without the rules for what no page has and no script adds.

    The words are those in the tags of the pages.
    """
    for pattern in ("javascripts/bundle.*.js", "*.js", "live/*/*.js"):
        for script in site.glob(f"assets/{pattern}"):
            words = words | set(WORD.findall(script.read_text(encoding="utf-8")))
    paths = [(site / sheet).resolve() for sheet in sheets]
    contents = [path.read_text(encoding="utf-8") for path in paths]
    # Another heading is a new word, but no reason to make the sheet anew.
    known = words & set(WORD.findall(" ".join(contents)))
    known = {word for word in known if not NEVER_SHOWN.match(word)}
    target = (site / STYLES).resolve()
    styles = {"folder": str(target.parent), "sheets": list(map(str, paths)), "words": sorted(known)}
    one = _slimmed(cache, {"styles": styles}, inputs=[sheets, contents, sorted(known)])
    for path in paths:
        path.unlink()
    write_atomically(target, one)


def _slimmed(cache: Path, order: object, inputs: object = None) -> str:
    """What slimming.mjs makes of an order, or has made of the same inputs before."""
    program = Path(__file__).with_suffix(".mjs")
    lock = program.parents[1] / "package-lock.json"
    parts = [json.dumps(inputs or order), *(p.read_text("utf-8") for p in (program, lock))]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
    kept = cache / "slimmed" / key
    if not kept.is_file():
        done = subprocess.run(  # noqa: S603 (our own script)
            [node(), program], input=json.dumps(order), capture_output=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise ValueError(f"{program.name} has failed:\n{done.stderr}")
        write_atomically(kept, done.stdout)
    return kept.read_text(encoding="utf-8")
