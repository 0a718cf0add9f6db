"""Fonts reduced to the letters in use."""
