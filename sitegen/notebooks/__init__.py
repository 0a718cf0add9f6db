"""Derive Jupyter notebooks from pages."""
