"""The picture that services show where the address of a page is shared: title, description, logo."""

from pathlib import Path

from sitegen.assets.npm import TEXT_FONT
from sitegen.common.cache import Cache

__all__ = ["DRAWN", "card", "card_uri"]

DRAWING = Path(__file__).with_name("social_card_drawing.py")
DRAWN = Cache("cards", sources=[DRAWING, TEXT_FONT], packages=["pillow"], suffix=".png")


def card_uri(page: str) -> str:
    """Where the card of a page is on the site, by the page's source in docs/."""
    return f"assets/cards/{page.rpartition('.')[0]}.png"


def card(title: str, text: str) -> Path:
    """Return the file with the card, drawn now if it has not been drawn before."""

    def drawn() -> bytes:
        from sitegen.assets.social_card_drawing import draw  # most builds need no Pillow

        return draw(title, text)

    return DRAWN.file([title, text], drawn)
