"""Scripts and style sheets in fewer bytes."""

from collections.abc import Iterable
from pathlib import Path

from sitegen.common.cache import Cache
from sitegen.common.paths import ROOT
from sitegen.common.programs.node import run

__all__ = ["minified_script", "minified_styles"]

PROGRAM = Path(__file__).with_suffix(".mjs")
MINIFIED = Cache("minified", sources=[PROGRAM, ROOT / "package-lock.json"])


def minified_script(script: str) -> str:
    """Return a script that does the same in fewer bytes."""
    return MINIFIED.read([script], lambda: run(PROGRAM, {"script": script})).decode()


def minified_styles(order: object, inputs: Iterable[str]) -> str:
    """Return one style sheet for several; ``inputs`` is what it depends on."""
    return MINIFIED.read(inputs, lambda: run(PROGRAM, {"styles": order})).decode()
