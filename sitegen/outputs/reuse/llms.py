"""Lists of the pages for language models, in the form of https://llmstxt.org, and all pages in one file."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sitegen.notebooks.addresses import SITE
from sitegen.outputs.reuse.markdown_twins import LICENSE, Twin

__all__ = ["llms", "llms_full"]

Parts = Iterable[tuple[str, list[str]]]


def llms(name: str, summary: str, parts: Parts, twins: Mapping[str, Twin]) -> str:
    """Return ``llms.txt``: what the site is, and each page with its description, by parts of the navigation."""
    lines = [
        f"# {name}",
        "",
        f"> {' '.join(summary.split())}",
        "",
        f"Each page is linked as Markdown, with the outputs that tests have verified. {LICENSE}",
        f"All pages in one file: {SITE}llms-full.txt",
    ]
    for part, sources in parts:
        lines += ["", f"## {part}", ""]
        for twin in (twins[uri] for uri in sources):
            notes = f": {twin.description}" if twin.description else ""
            lines.append(f"- [{twin.title}]({twin.address}){notes}")
    return "\n".join(lines) + "\n"


def llms_full(parts: Parts, twins: Mapping[str, Twin]) -> str:
    """Return ``llms-full.txt``: all pages in the order of the navigation."""
    sources = chain.from_iterable(sources for _, sources in parts)
    return "\n---\n\n".join(twins[uri].text for uri in sources)
