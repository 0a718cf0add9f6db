"""Begin a page: its text from a skeleton that passes every test, and its place in the navigation."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from sitegen.common.files import write_atomically
from sitegen.pages.figure_records import SUFFIX
from sitegen.pages.sources import page_files

__all__ = ["KINDS", "new_page"]

# The folder of each kind of page, and the section of the navigation that lists it.
KINDS = {"tutorials": "Tutorials", "cases": "Case studies"}
SKELETONS = Path(__file__).with_name("skeletons")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_page(name: str, title: str, kind: str = "tutorials", root: Path = Path()) -> Path:
    """Write ``docs/KIND/NAME.md``, what its figures show, and its line in ``mkdocs.yml``; return the path of the page.

    Raises
    ------
    ValueError
        If the name, the title or the kind will not do; then nothing has been written.
    """
    if kind not in KINDS:
        raise ValueError(f"KIND is {kind!r}; it can be {' or '.join(KINDS)}")
    if not NAME.fullmatch(name):
        raise ValueError(
            f"NAME is {name!r}; lower-case words with hyphens between them are wanted, "
            "such as newtons-method: they become the address"
        )
    if not re.fullmatch(r"[^\s\"\\`$<>\[\]{}*_|#]+( [^\s\"\\`$<>\[\]{}*_|#]+)*", title):
        raise ValueError(
            f'TITLE is {title!r}; plain words in one line are wanted, such as "Newton\'s method", '
            "without formulas and markup"
        )
    docs, configuration = root / "docs", root / "mkdocs.yml"
    page = docs / kind / f"{name}.md"
    taken = [path.as_posix() for path in page_files(docs) if path.stem == name]
    if taken:
        raise ValueError(f"NAME is {name!r}, which {taken[0]} has already: choose another name")
    text = configuration.read_text(encoding="utf-8")
    if re.search(rf"^ +- [\"']?{re.escape(title)}[\"']?:", text, re.MULTILINE):
        raise ValueError(f"TITLE is {title!r}, which mkdocs.yml has already: choose another title")
    changed = _with_entry(text, KINDS[kind], f"{_key(title)}: {kind}/{name}.md")
    for suffix in (".md", SUFFIX):
        skeleton = (SKELETONS / f"{kind}{suffix}").read_text(encoding="utf-8")
        text = skeleton.replace("@TITLE@", title).replace("@NAME@", name)
        write_atomically(page.with_suffix(suffix), text)
    write_atomically(configuration.resolve(), changed)  # a link stays one
    return page


def _key(title: str) -> str:
    """The title as a key of YAML, in quotes where it needs them."""
    plain = re.fullmatch(r"[A-Za-z][\w ',.()/-]*", title)
    return title if plain else json.dumps(title, ensure_ascii=False)


def _with_entry(text: str, section: str, entry: str) -> str:
    """The configuration with one line more, at the end of a section; all else as it is."""
    lines = text.splitlines(keepends=True)
    heading = rf"(?P<indent> +)- {re.escape(section)}:\s*"
    found = ((i, re.fullmatch(heading, line)) for i, line in enumerate(lines))
    start, indent = next(((i, match["indent"]) for i, match in found if match), (-1, ""))
    if start < 0:
        raise ValueError(f"mkdocs.yml has no section {section!r} under nav")
    end = start + 1 + _count_deeper(lines[start + 1 :], indent)
    margin = re.match(" *", lines[end - 1])[0] if end > start + 1 else f"{indent}    "  # type: ignore[index]
    return "".join([*lines[:end], f"{margin}- {entry}\n", *lines[end:]])


def _count_deeper(lines: Iterable[str], indent: str) -> int:
    count = 0
    for line in lines:
        if not line.startswith(f"{indent} "):
            break
        count += 1
    return count
