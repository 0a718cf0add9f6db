"""Read a page: its snippets with what they promise, and every breach of the page contract.

The contract is described for authors in CONTRIBUTING.md. Sybil finds the fences; what belongs to
which snippet, and what is not allowed, is decided here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sybil import Document, Region
from sybil.evaluators.python import pad
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from sitegen.pages.sources import page_text

LEXER = RawFencedCodeBlockLexer(re.compile(r"(?P<info>[^\n]*)\n"))
PROMISES = {'text title="Output"': "output", 'text title="Error"': "error"}
NOT_RUN = {"console", "toml", "yaml"}
ALLOWED = ", ".join(["python", *PROMISES, *sorted(NOT_RUN)])
FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>figures/[^)\s]*)\)")
NAME = re.compile(r"figures/(?P<name>[a-z0-9-]+)\.svg")
# A snippet that nothing runs, and one that is run and checked, but not in the reader's browser.
MARK = re.compile(
    r"<!--\s*(?P<mark>skip|not in the browser)\b:?[ \t]*(?P<reason>.*?)\s*-->", re.DOTALL
)


@dataclass(frozen=True)
class Problem:
    """Something wrong with a page, and where."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Figure:
    """A figure that a page names: the file ``figures/NAME.svg`` that the build draws."""

    name: str
    line: int


class Snippet(Region):
    """A python fence, with the fences and figures directly after it: what it promises to do."""

    def __init__(self, region: Region, line: int) -> None:
        super().__init__(region.start, region.end, parsed=region.lexemes["source"])
        self.line = line
        self.output: Region | None = None
        self.error: Region | None = None
        self.promises: dict[str, str] = {}
        self.figures: list[Figure] = []
        self.skip_reason: str | None = None
        self.not_live_reason: str | None = None

    @property
    def source(self) -> str:
        """The code, as a reader copies it."""
        return str(self.parsed)

    def promised(self, kind: str) -> str:
        """The text that the page shows as the ``output`` or the ``error`` of this snippet."""
        return self.promises.get(kind, "")


@dataclass
class Page:
    """A page as it stands in its file: nothing has been run."""

    path: Path
    document: Document
    problems: list[Problem] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole page."""
        return self.document.text

    @property
    def snippets(self) -> list[Snippet]:
        """The python fences, from top to bottom."""
        return [cast(Snippet, example.region) for example in self.document]

    def line(self, position: int) -> int:
        """The number of the line that holds the character at ``position``."""
        return _line(self.document, position)

    def script(self) -> str:
        """All snippets that run to their end, as one module whose line numbers are the page's."""
        source = ""
        for snippet in self.snippets:
            if snippet.error is None and snippet.skip_reason is None:
                source += pad("", snippet.line - source.count("\n")) + snippet.source
        return source


def read(path: Path, text: str | None = None) -> Page:
    """Parse the page at ``path``, or another text for it, noting each breach of the contract with its line."""
    problems: list[Problem] = []
    document = Document(page_text(path) if text is None else text, str(path))
    for snippet in _Contract(document, problems).snippets():
        document.add(snippet)
    problems.sort(key=lambda problem: problem.line)
    return Page(path, document, problems)


class _Contract:
    """One pass over the fences of a document, from top to bottom."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems
        self.snippet: Snippet | None = None
        self.end = 0  # of the last fence
        self.is_compared = False  # the last fence, with what is printed or raised

    def snippets(self) -> Iterator[Snippet]:
        for fence in sorted(LEXER(self.document), key=lambda fence: fence.start):
            info = fence.lexemes["info"]
            if fence.start < self.end:
                if not self.is_compared:
                    self.report(
                        fence.start,
                        "a fence inside a longer fence: nothing would run it; "
                        "close the longer one first, or take one of them away",
                    )
                continue
            reasons = self.between(self.end, fence.start, info)
            self.check_form(fence)
            self.end, self.is_compared = fence.end, info in PROMISES
            if info == "python":
                self.snippet = Snippet(fence, self.line(fence.start))
                self.snippet.skip_reason = reasons.get("skip")
                self.snippet.not_live_reason = reasons.get("not in the browser")
                yield self.snippet
            elif info in PROMISES:
                self.attach(fence, PROMISES[info])
            elif info in NOT_RUN:
                self.snippet = None
            else:
                self.report(
                    fence.start,
                    f"a fence that nothing runs or checks: {info!r}; write one of {ALLOWED}",
                )
        self.between(self.end, len(self.document.text), "")

    def between(self, start: int, end: int, info: str) -> dict[str, str]:
        """Read the text between two fences; return the marks of the next one with their reasons."""
        text = self.document.text
        place, adjacent = start, True
        for match in FIGURE.finditer(text, start, end):
            adjacent = adjacent and not text[place : match.start()].strip()
            self.name_figure(match, adjacent)
            place = match.end()
        reasons = {}
        for match in MARK.finditer(text, start, end):
            mark, reason = match["mark"], match["reason"].strip()
            reasons[mark] = reason
            if info != "python" or text[match.end() : end].strip():
                self.report(
                    match.start(),
                    f"a {mark!r} without a python fence directly after it: put it on the line before one",
                )
            elif not reason:
                self.report(
                    match.start(), f"a {mark!r} without a reason: write <!-- {mark}: why -->"
                )
        if info in PROMISES and text[place:end].strip():
            self.snippet = None  # prose has come between
        return reasons

    def name_figure(self, match: re.Match[str], adjacent: bool) -> None:
        name = NAME.fullmatch(match["target"])
        if name is None:
            self.report(
                match.start(),
                f"{match['target']}: a figure is named figures/lower-case-words.svg; rename it",
            )
            return
        if name["name"].endswith("-dark"):
            self.report(
                match.start(),
                f"{match['target']}: names that end with -dark are those of figures in dark colours; rename it",
            )
        if not match["alt"].strip():
            self.report(match.start(), f"{match['target']}: no alt text; say what is to be seen")
        if self.snippet is None or not adjacent:
            self.report(
                match.start(),
                f"{match['target']}: a figure stands directly after its snippet, or after the output; move it there, "
                "and if nothing on the page draws it, remove it or put its file into docs/assets",
            )
            return
        self.snippet.figures.append(Figure(name["name"], self.line(match.start())))

    def attach(self, fence: Region, kind: str) -> None:
        snippet = self.snippet
        if snippet is None:
            self.report(
                fence.start,
                f"an {kind} fence without its python fence directly before it: move it there, or remove it",
            )
        elif getattr(snippet, kind) is not None:
            self.report(
                fence.start, f"a second {kind} fence for the same snippet: make one of both"
            )
        elif snippet.skip_reason is not None:
            self.report(
                fence.start,
                f"an {kind} fence for a snippet that is skipped: remove the fence, or the skip",
            )
        elif snippet.figures:
            self.report(
                fence.start, f"the {kind} fence comes before the figures of its snippet: move it up"
            )
        else:
            setattr(snippet, kind, fence)
            snippet.promises[kind] = self.inside(fence)

    def inside(self, fence: Region) -> str:
        """The text inside a fence; Sybil would also remove the blanks that begin all of its lines."""
        text = self.document.text[fence.start : fence.end]
        lines = text.split("\n")[1:-1]
        return "".join(f"{line.removeprefix(indent(text))}\n" for line in lines)

    def check_form(self, fence: Region) -> None:
        """Refuse what Sybil and the site's Markdown would read in different ways."""
        text = self.document.text[fence.start : fence.end]
        opening, _, rest = text.partition("\n")
        ticks = re.match(r"[ \t]*(`{3,})", opening)
        if ticks is None:
            self.report(
                fence.start, "a fence is made of backticks on a line of its own: write ```python"
            )
        elif rest.rpartition("\n")[2].strip() != ticks[1]:
            self.report(
                fence.start,
                "a fence that is not closed by as many backticks as open it: correct its last line",
            )
        elif "\t" in indent(opening):
            self.report(fence.start, "a fence that is indented by a tab: indent it by blanks")
        elif not all(line.startswith(indent(opening)) for line in rest.split("\n") if line.strip()):
            self.report(
                fence.start,
                "a line inside a fence is indented less than the fence: indent it as much",
            )

    def line(self, position: int) -> int:
        return _line(self.document, position)

    def report(self, position: int, message: str) -> None:
        self.problems.append(Problem(self.document.path, self.line(position), message))


def fences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the fences of a page begin and end; what is inside is shown as it is written."""
    last = 0
    for fence in sorted(LEXER(Document(text, "")), key=lambda fence: fence.start):
        if fence.start >= last:
            last = fence.end
            yield fence.start, fence.end


def without_fences(text: str) -> str:
    """Return the prose of a text: fences show what they hold as it is."""
    place, prose = 0, ""
    for start, end in fences(text):
        prose += text[place:start]
        place = end
    return prose + text[place:]


def _line(document: Document, position: int) -> int:
    return document.text.count("\n", 0, position) + 1


def indent(line: str) -> str:
    """The blanks and tabs at the start of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]
