"""The page contract: parse, run, compare, lint and create pages."""
