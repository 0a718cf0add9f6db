"""Pages for other programs: Markdown, lists for language models, the errata as data, citations."""
