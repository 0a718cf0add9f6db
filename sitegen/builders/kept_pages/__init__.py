"""Rendered pages that the next build need not render again."""
