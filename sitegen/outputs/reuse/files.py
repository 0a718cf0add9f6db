"""The files that a site publishes in addition to its pages for other programs."""

import json
from pathlib import Path
from typing import Any

from sitegen.common.files import write_atomically
from sitegen.outputs.navigation import parts
from sitegen.outputs.reuse.errata import SCHEMA, errata
from sitegen.outputs.reuse.llms import llms, llms_full
from sitegen.outputs.reuse.markdown_twins import twins
from sitegen.pages.contract import read

__all__ = ["files_to_reuse", "publish"]

ERRATA = "errata.md"


def files_to_reuse(
    docs: Path, name: str, summary: str, nav: list[dict[str, Any]]
) -> dict[str, str]:
    """Return the contents of the files by their place in the site.

    Parameters
    ----------
    docs : Path
        The folder with the pages.
    name, summary : str
        What the site is called, and what it is.
    nav : list of dict
        The navigation as in the settings of the site.
    """
    found, order = twins(docs), parts(nav)
    made = {uri: twin.text for uri, twin in found.items()}
    made["llms.txt"] = llms(name, summary, order, found)
    made["llms-full.txt"] = llms_full(order, found)
    if ERRATA in found:
        made["errata.json"] = _json(errata(read(docs / ERRATA)))
        made["errata.schema.json"] = _json(SCHEMA)
    return made


def publish(site: Path, docs: Path, name: str, summary: str, nav: list[dict[str, Any]]) -> None:
    """Add the files to a built site."""
    for uri, content in files_to_reuse(docs, name, summary, nav).items():
        write_atomically(site / uri, content)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
