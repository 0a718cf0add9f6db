"""What a site needs besides its pages: fonts and style sheets from npm; and a finish for any builder."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sitegen.build import CACHE
from sitegen.files import write_atomically
from sitegen.formulas import render_page

__all__ = ["assets", "finish"]

NODE_MODULES = Path("node_modules")
PUBLISHED = {
    "assets/katex": ["katex/LICENSE", "katex/dist/katex.min.css"],
    "assets/katex/fonts": ["katex/dist/fonts/*.woff2"],
    "assets/fonts": ["@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-*.woff2"],
}
OLD_FONTS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)')


def assets() -> Iterator[tuple[str, Path | str]]:
    """The files to be published, by their place in the site: where they are, or their text."""
    for folder, patterns in PUBLISHED.items():
        for pattern in patterns:
            sources = sorted(NODE_MODULES.glob(pattern))
            if not sources:
                raise FileNotFoundError(f"node_modules/{pattern} is missing: run `npm ci`")
            for source in sources:
                uri = f"{folder}/{source.name}"
                if source.suffix == ".css":
                    # Every browser that runs the site reads woff2.
                    yield uri, OLD_FONTS.sub("", source.read_text(encoding="utf-8"))
                else:
                    yield uri, source


def finish(site: Path) -> int:
    """Add to a site that a builder without our hook has made; return the number of its pages.

    Figures and assets are put into their places, and formulas are rendered, as the hook does.
    """
    shutil.copytree(CACHE / "site", site, dirs_exist_ok=True)
    for uri, content in assets():
        data = content if isinstance(content, str) else content.read_bytes()
        write_atomically(site / uri, data)
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        write_atomically(path, render_page(path.read_text(encoding="utf-8")))
    return len(pages)
