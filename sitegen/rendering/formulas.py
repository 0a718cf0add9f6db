"""Formulas rendered by KaTeX when the site is built: HTML with MathML, no script for the reader.

What has been rendered is kept, so that Node starts only for a formula that is new.
"""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path

from sitegen.common.cache import Cache
from sitegen.common.html import Tree
from sitegen.common.paths import ROOT
from sitegen.common.programs.node import node

__all__ = ["RENDERED", "render", "render_formulas"]

PROGRAM = Path(__file__).with_suffix(".mjs")
RENDERED = Cache("formulas", sources=[PROGRAM, ROOT / "node_modules/katex/package.json"])

DELIMITERS = {
    r"\[": True,
    r"\(": False,
}  # what arithmatex writes before a formula, and whether it is displayed


def render_formulas(tree: Tree) -> None:
    """Replace the TeX that pymdownx.arithmatex leaves in its generic mode by the formulas.

    Raises
    ------
    ValueError
        If KaTeX cannot read a formula.
    """
    for formula in tree.css(".arithmatex"):
        tex = formula.text()
        if tex[:2] in DELIMITERS:
            formula.inner_html = render(tex[2:-2].strip(), display=DELIMITERS[tex[:2]])


@cache
def render(tex: str, *, display: bool) -> str:
    """Return the HTML of one formula, rendered now if it has not been rendered before.

    Raises
    ------
    ValueError
        If KaTeX cannot read it.
    """
    rendered = RENDERED.read([tex, str(display)], lambda: _render(tex, display=display).encode())
    return rendered.decode()


def _render(tex: str, *, display: bool) -> str:
    process = _katex()
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the formula renderer has no pipes")
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the formula renderer has stopped; is KaTeX installed (`npm ci`)?")
    answer = json.loads(line)
    if "error" in answer:
        raise ValueError(f"bad formula {tex!r}: {answer['error']}")
    return str(answer["html"])


@cache
def _katex() -> "subprocess.Popen[str]":
    """Start Node once; it answers until the interpreter ends."""
    process = subprocess.Popen(  # noqa: S603 (our own script)
        [node(), PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

    def stop() -> None:
        process.communicate()  # the end of its input ends it

    atexit.register(stop)
    return process
