"""From Markdown to the HTML of a page."""
