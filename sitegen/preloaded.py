"""Imported once by the process that those of the pages are forked from: what every page needs."""

import gc
from importlib import import_module
from typing import Any

gc.disable()  # next to nothing of what is imported here is ever garbage

# A quarter of the time that Matplotlib takes to start goes into lists of properties in its docstrings.
_artist: Any = import_module("matplotlib.artist")
_kwdoc, _artist.kwdoc = _artist.kwdoc, lambda _: ""
try:
    import_module("sitegen.checking")
finally:
    _artist.kwdoc = _kwdoc

gc.freeze()
gc.enable()
