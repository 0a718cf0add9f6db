"""The style of figures, and the two palettes of a drawing.

A figure is drawn once, in marker colours that nothing else uses; each palette then replaces them.
"""

import re
from typing import Any

__all__ = ["PALETTES", "PAPER", "STYLE", "with_palette"]

# Text and axes, grid, and the ground behind legends; then the cycle of line colours. Every line
# colour stands out on both grounds by at least 3 : 1 (WCAG 2.2, 1.4.11), text by at least 7 : 1.
_LIGHT = ["#1b1f27", "#d5d8df", "#ffffff"]
_LIGHT_CYCLE = ["#0b63b0", "#c2410c", "#15803d", "#7c3aed", "#be123c", "#0e7490"]
_DARK = ["#e3e6ee", "#454b5a", "#1c2029"]
_DARK_CYCLE = ["#6cb6ff", "#fb923c", "#4ade80", "#c4b5fd", "#fb7185", "#22d3ee"]

_INK, _GRID, PAPER = "#010203", "#d0d1d3", "#fefdfb"
_CYCLE = ["#0a64b1", "#c3420d", "#16813e", "#7d3bee", "#bf133d", "#0f7591"]
PALETTES = {
    "light": dict(zip([_INK, _GRID, PAPER, *_CYCLE], _LIGHT + _LIGHT_CYCLE, strict=True)),
    "dark": dict(zip([_INK, _GRID, PAPER, *_CYCLE], _DARK + _DARK_CYCLE, strict=True)),
}

STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": _INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.prop_cycle": f"cycler('color', {_CYCLE})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "axes3d.xaxis.panecolor": "none",
    "axes3d.yaxis.panecolor": "none",
    "axes3d.zaxis.panecolor": "none",
    "boxplot.boxprops.color": _INK,
    "boxplot.capprops.color": _INK,
    "boxplot.flierprops.color": _INK,
    "boxplot.flierprops.markeredgecolor": _INK,
    "boxplot.whiskerprops.color": _INK,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "figure.figsize": (5.8, 3.7),
    "font.size": 12,
    "grid.color": _GRID,
    "hatch.color": _INK,
    "image.cmap": "viridis",
    "legend.edgecolor": _GRID,
    "legend.facecolor": PAPER,
    "legend.framealpha": 0.85,
    "lines.linewidth": 2.0,
    "mathtext.fontset": "cm",
    "patch.edgecolor": _INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "calcguide",  # the same figure gives the same bytes
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def with_palette(svg: str, palette: str) -> str:
    """Replace the marker colours of a figure by those of a palette, ``light`` or ``dark``."""
    colours = PALETTES[palette]
    return re.sub("|".join(colours), lambda match: colours[match[0]], svg)
