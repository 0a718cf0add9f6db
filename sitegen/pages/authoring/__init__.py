"""What helps authors: a new page to begin with, lint of snippets, numbers in prose without a proof."""
