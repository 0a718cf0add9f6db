"""The files that the site publishes from npm packages."""

import re
from collections.abc import Iterator
from pathlib import Path

from sitegen.common.paths import NODE_MODULES

__all__ = ["TEXT_FONT", "assets"]

TEXT_FONT = (
    NODE_MODULES / "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
)
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
