"""Decide which pages have to run, and run them in worker processes."""
