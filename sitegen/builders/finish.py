"""Finish a site that a builder without our hook has made."""

import posixpath
import shutil
from functools import partial
from pathlib import Path

from sitegen.assets.npm import assets
from sitegen.common.files import write_atomically
from sitegen.common.paths import PAGES
from sitegen.live.wheel import wheel
from sitegen.outputs.navigation import settings
from sitegen.outputs.reuse.files import publish
from sitegen.rendering.page import finished

__all__ = ["finish"]

DOCS = Path("docs")


def finish(site: Path) -> int:
    """Add to a site that a builder without our hook has made; return the number of its pages.

    Figures, notebooks with the wheel that they install, assets, and the files for other programs are put
    into their places, and pages are finished, as the hook does.
    """
    shutil.copytree(PAGES / "site", site, dirs_exist_ok=True)
    package = wheel()
    write_atomically(site / package.uri, package.file.read_bytes())
    for uri, content in assets():
        data = content if isinstance(content, str) else content.read_bytes()
        write_atomically(site / uri, data)
    known = settings()
    publish(site, DOCS, known["site_name"], known.get("site_description", ""), known["nav"])
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        address = partial(posixpath.relpath, start=path.parent.relative_to(site).as_posix())
        write_atomically(path, finished(path.read_text(encoding="utf-8"), address))
    return len(pages)
