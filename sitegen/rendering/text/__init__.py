"""The text of pages: where it breaks, and how the search shows its formulas."""
