"""Material's script, built from its sources with our patches and without the modules that the site does not need.

The sources come with Material, in the source map of its script. Each patch in material/ begins with its reason; one that
does not fit the sources stops the build.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sitegen.common.cache import Cache
from sitegen.common.paths import ROOT
from sitegen.common.programs.node import run

__all__ = ["UNUSED", "material_script"]

PROGRAM = Path(__file__).with_suffix(".mjs")
PATCHES = sorted(Path(__file__).with_name("material").glob("*.patch"))
NOTICE = Path(__file__).with_name("material") / "NOTICE.txt"
BUILT = Cache("material", sources=[PROGRAM, *PATCHES, NOTICE, ROOT / "package-lock.json"])

# Modules that are left out, each with a selector of the elements that need it: tests hold that no page has them.
UNUSED = {
    "components/content/annotation/block": ".annotate",
    "components/content/annotation/list": ".annotate",
    "components/content/link": "[data-preview]",
    "components/content/mermaid": ".mermaid",
    "components/source/_": "[data-md-component=source]",
    "components/tooltip": ".annotate",
    "components/tooltip2": "[data-preview]",
    "integrations/alternate": "[rel=alternate][hreflang]",
    "integrations/version": "[data-md-component=outdated]",
}
UNSUPPORTED_FEATURES = {
    "content.code.annotate",
    "content.footnote.tooltips",
    "content.tooltips",
    "navigation.instant.preview",
}


def material_script(bundle: Path, features: Iterable[str]) -> str:
    """Return the script that takes the place of Material's own, not yet minified.

    Parameters
    ----------
    bundle : Path
        Material's script, with its source map beside it.
    features : iterable of str
        The features that ``mkdocs.yml`` switches on; the code of all others is left out.

    Raises
    ------
    ValueError
        If a feature needs a module that is left out, or a patch does not fit the sources.
    """
    features = sorted(features)
    if unsupported := UNSUPPORTED_FEATURES.intersection(features):
        raise ValueError(
            f"theme.features has {', '.join(sorted(unsupported))}: {__name__} leaves out what that needs"
        )
    source_map = bundle.with_name(f"{bundle.name}.map")
    order = {
        "map": str(source_map),
        "patches": list(map(str, PATCHES)),
        "notice": str(NOTICE),
        "features": features,
        "unused": list(UNUSED),
    }
    inputs = [hashlib.sha256(source_map.read_bytes()).hexdigest(), *features, "", *UNUSED]
    return BUILT.read(inputs, lambda: run(PROGRAM, order)).decode()
