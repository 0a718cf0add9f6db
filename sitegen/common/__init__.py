"""Helpers that know nothing of pages."""
