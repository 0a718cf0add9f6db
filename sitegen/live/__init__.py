"""Running snippets in the reader's browser: the Python runtime, the package, and the script."""
