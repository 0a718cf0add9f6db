"""What the built site offers for download: itself as an archive, and the guide as a PDF."""

import os
from collections.abc import Callable
from pathlib import Path

from sitegen.common.files import write_atomically
from sitegen.common.html import element, parse, write
from sitegen.common.programs.chromium import find_chromium
from sitegen.outputs.archive import archive

__all__ = ["ARCHIVE", "FOLDER", "PAGE", "PDF", "make"]

FOLDER = "downloads"
ARCHIVE = "calcguide-site.zip"
PDF = "calcguide.pdf"
PAGE = "offline/index.html"
WORDS = {
    ARCHIVE: "The site as an archive",
    PDF: "The guide as a PDF",
}


def make(site: Path, log: Callable[[str], object] = print) -> list[Path]:
    """Add the downloads to a built site, and to its page the links to what is there.

    Raises
    ------
    RuntimeError
        If there is no Chromium to print with where ``CALCGUIDE_REQUIRE_BROWSER`` is 1.
    """
    folder = site / FOLDER
    made = []
    if chromium := find_chromium():
        # Only those who print need pypdf.
        from sitegen.outputs.pdf import print_guide

        log(f"printing the guide with {chromium}, which takes a minute unless nothing has changed")
        print_guide(site, folder / PDF, chromium)
        made.append(folder / PDF)
    elif os.environ.get("CALCGUIDE_REQUIRE_BROWSER") == "1":
        raise RuntimeError("the PDF cannot be made: there is no Chromium on this machine")
    else:
        log("no PDF, for there is no Chromium on this machine; the site does not offer one")
    archive(site, folder / ARCHIVE)
    made.insert(0, folder / ARCHIVE)
    for file in made:
        log(f"{file}: {_size(file)}")
    page = site / PAGE
    tree = parse(page.read_text(encoding="utf-8"))
    # A paragraph that Markdown has written, or the list that stands in its place already.
    places = tree.css(".downloads")
    if len(places) != 1:
        raise ValueError(f'{page} has {len(places)} places for the downloads: class="downloads"')
    places[0].replace_with(element(_offer(made)))
    write_atomically(page, write(tree))
    return made


def _offer(made: list[Path]) -> str:
    links = (
        f'<li><a class="md-button" href="../{FOLDER}/{file.name}" download>{WORDS[file.name]}</a> {_size(file)}</li>'
        for file in made
    )
    return f'<ul class="downloads">{"".join(links)}</ul>'


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"
