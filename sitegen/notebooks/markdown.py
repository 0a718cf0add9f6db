"""From the Markdown of a page to that of a notebook, with a line for each cell."""

import posixpath
import re
import textwrap
from collections.abc import Callable
from itertools import count

from sybil import Region

from sitegen.notebooks.addresses import SITE, page_address
from sitegen.pages.contract import FIGURE, MARK, NAME, Page, fences

__all__ = [
    "CELL", "FRONT_MATTER", "HEADING", "absolute_links", "alt_text", "in_prose", "open_boxes",
    "to_markdown", "with_rendered_formulas", "without_marks",
]  # fmt: skip

Written = Callable[[str, str, str], list[str]]

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
BOX = re.compile(r'(?:!!!|\?\?\?)\+? *(?P<kind>[\w-]+)(?: +"(?P<title>[^"]*)")?[ \t]*')
EXERCISE = re.compile(r"^\*\*(\d+\. .+?)\.?\*\*[ \t]*", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} ")
MATHS = re.compile(r"(?<!\\)(?P<sign>\$\$?)(?P<tex>[^$]+?)(?<!\\)(?P=sign)")
# Fences, code in a line and formulas are no prose: what they hold stays as it is.
VERBATIM = re.compile(
    r"(^[ \t]*(?P<fence>```+)[^`\n]*\n.*?^[ \t]*(?P=fence)[ \t]*$|`+[^`\n]+`+|(?<!\\)\$\$?[^$]+\$\$?)",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?P<title>[^)]*)\)")
COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.DOTALL)
ATTRIBUTES = re.compile(r"[ \t]*\{:? *(?:[.#]|\w+=)[^}\n]*\}")
# A line of its own that stands for a cell: a snippet by its number, or a solution that is folded.
CELL = re.compile(r"^\0(?P<kind>snippet|folded) (?P<what>.*)$", re.MULTILINE)


def to_markdown(page: Page, uri: str) -> str:
    """Return the page in the Markdown of notebooks, with a line for each cell."""
    text = absolute_links(_cut(page), uri)
    start, title, exercises = text.partition("\n## Exercises\n")
    exercises = EXERCISE.sub(r"### \1\n\n", exercises)
    return open_boxes(start + title + exercises, _as_cells())


def _cut(page: Page) -> str:
    """Leave out what becomes a cell, its outputs, or is for the site alone."""
    text = page.text
    cuts: list[tuple[int, int, str]] = []
    if match := FRONT_MATTER.match(text):
        cuts.append((0, match.end(), ""))
    for number, snippet in enumerate(page.snippets):
        if snippet.skip_reason is not None:
            continue  # remains a fence of the prose
        opening = text[snippet.start : snippet.end]
        indent = opening[: len(opening) - len(opening.lstrip(" "))]
        cuts.append((snippet.start, snippet.end, f"{indent}\0snippet {number}"))
        promises: list[Region | None] = [snippet.output, snippet.error]
        cuts += [(fence.start, fence.end, "") for fence in promises if fence is not None]
    verbatim = list(fences(text))

    def is_prose(match: re.Match[str]) -> bool:
        return not any(start <= match.start() < end for start, end in verbatim)

    for match in filter(is_prose, FIGURE.finditer(text)):
        if NAME.fullmatch(match["target"]):
            cuts.append((*match.span(), f"*{alt_text(match)}*"))
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return without_marks(text)


def without_marks(text: str) -> str:
    """Say in words why a snippet is not run, and leave out what is written for tests alone."""

    def shown(match: re.Match[str]) -> str:
        return f"*This snippet is not run: {match['reason']}.*" if match["mark"] == "skip" else ""

    return in_prose(text, lambda part: COMMENT.sub("", MARK.sub(shown, part)))


def in_prose(text: str, change: Callable[[str], str]) -> str:
    """Change a text outside of its fences, which stay as they are."""
    result, place = "", 0
    for start, end in fences(text):
        result += change(text[place:start]) + text[start:end]
        place = end
    return result + change(text[place:])


def absolute_links(text: str, uri: str) -> str:
    """Make links absolute, and drop the attributes that only the site's Markdown knows."""

    def link(match: re.Match[str]) -> str:
        target, hash_sign, anchor = match["target"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        beside = posixpath.join(posixpath.dirname(uri), target)
        other = posixpath.normpath(beside) if target else uri
        address = page_address(other) if other.endswith(".md") else SITE + other
        return f"]({address}{hash_sign}{anchor}{match['title']})"

    def prose(part: str) -> str:
        return ATTRIBUTES.sub("", LINK.sub(link, part))

    result, place = "", 0
    for verbatim in VERBATIM.finditer(text):
        result += prose(text[place : verbatim.start()]) + verbatim[0]
        place = verbatim.end()
    return result + prose(text[place:])


def open_boxes(text: str, written: Written) -> str:
    """Replace admonitions by what ``written`` makes of title, content and the first line that follows."""
    lines, result = text.split("\n"), []
    while lines:
        line = lines.pop(0)
        box = BOX.fullmatch(line)
        if box is None:
            result.append(line)
            continue
        inside = []
        while lines and (not lines[0].strip() or lines[0].startswith("    ")):
            inside.append(lines.pop(0))
        content = open_boxes(textwrap.dedent("\n".join(inside)).strip("\n"), written)
        following = next((line for line in lines if line.strip()), "#")
        result += [*written(box["title"] or box["kind"].capitalize(), content, following), ""]
    return "\n".join(result)


def _as_cells() -> Written:
    """Turn admonitions into quotations, and solutions, which are numbered, into sections that can be folded."""
    numbers = count(1)

    def written(title: str, content: str, following: str) -> list[str]:
        if title != "Solution":
            return [_quotation(f"**{title}**\n\n{content}")]
        title = f"Solution {next(numbers)}"
        # Only a heading ends what is folded.
        heading = f"\0folded {title}" if HEADING.match(following) else f"**{title}**"
        return [heading, "", content]

    return written


def _formula(match: re.Match[str]) -> str:
    """Write a formula so that no Markdown changes it: as the site has it, each sign by its number."""
    formula = MATHS.fullmatch(match[0])
    if formula is None:
        return match[0]
    tex = " ".join(formula["tex"].split())
    tag, tex = ("div", rf"\[{tex}\]") if formula["sign"] == "$$" else ("span", rf"\({tex}\)")
    signs = "".join(sign if sign.isalnum() or sign == " " else f"&#{ord(sign)};" for sign in tex)
    return f'<{tag} class="arithmatex">{signs}</{tag}>'


def _quotation(text: str) -> str:
    # Notebooks take the signs of a quotation for part of a formula that goes over several lines.
    text = MATHS.sub(lambda match: " ".join(match[0].split()), text)
    lines = (line if line.startswith("\0") else f"> {line}".rstrip() for line in text.split("\n"))
    # What is cut by a cell goes on as another quotation.
    return re.sub(r"^(?:>\n)*(\0.*)\n(?:>\n)*", r"\n\1\n\n", "\n".join(lines), flags=re.MULTILINE)


def alt_text(figure: re.Match[str]) -> str:
    """Return what is to be seen on a figure, in one line."""
    return " ".join(figure["alt"].split())


def with_rendered_formulas(text: str) -> str:
    """Write the formulas of a cell as the pages of the site have them, for the same renderer."""
    return VERBATIM.sub(_formula, text)
