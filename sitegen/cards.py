"""The picture that stands for a page where its address is shared: its title, what it is about, our mark."""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sitegen.files import write_atomically

__all__ = ["CACHE", "FONT", "card"]

CACHE = Path(".cache/cards")
FONT = Path(
    "node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
)


def card(title: str, text: str, cache_folder: Path = CACHE) -> Path:
    """Return the file with the card, drawn now if it has not been drawn before."""
    key = hashlib.sha256(json.dumps([title, text, *_environment()]).encode()).hexdigest()[:20]
    path = cache_folder / f"{key}.png"
    if not path.is_file():
        from sitegen.card_drawing import draw  # most builds draw none, and start without Pillow

        write_atomically(path, draw(title, text))
    return path


@cache
def _environment() -> tuple[str, ...]:
    """All that a card depends on besides its words."""
    sources = (Path(__file__).with_name("card_drawing.py"), FONT)
    digests = (hashlib.sha256(source.read_bytes()).hexdigest() for source in sources)
    return (version("pillow"), *digests)
