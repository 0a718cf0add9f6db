"""Folders of the checkout."""

from pathlib import Path

__all__ = ["CACHE", "NODE_MODULES", "PAGES", "ROOT"]

ROOT = Path(__file__).parents[2]
CACHE = Path(".cache")
PAGES = CACHE / "pages"  # what running the pages has made
NODE_MODULES = Path("node_modules")
