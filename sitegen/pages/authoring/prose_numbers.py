"""Find numbers in the prose of a page that nothing near them proves.

A number is proved by an output, by code or by a formula in its section or in the two above,
and one before the first section, which sums up the page, by any of them.
A number from elsewhere names its source in the same sentence: a link to another page, a work
listed under "Further reading" with its year, or a comment ``<!-- source: ... -->``; a comment
that is a paragraph of its own is the source of the rest of its section.
An alt text says what is seen in a figure, and the figure proves it.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sitegen.pages.contract import LEXER, PROMISES, Page, Problem

__all__ = ["unproved"]

ADVICE = (
    "no output, code or formula near it has this number: print it, or name its source in the"
    " sentence (a link, a work under Further reading with its year, or <!-- source: ... -->)"
)
SECTIONS_ABOVE = 2  # further away, a number agrees with some other by chance
SMALL = 10  # up to here, whole numbers count what the reader can see

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
COMMENT = re.compile(r"<!--\s*(?P<text>.*?)-->(?P<alone>(?=\n\s*\n))?", re.DOTALL)
DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
INLINE = re.compile(r"(?<![\\$])\$[^$]+\$")
CODE = re.compile(r"`[^`]+`")
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LINK = re.compile(r"(?<=\])\([^)]*\)|<https?:[^>]*>")
TAG = re.compile(r"</?[a-z][^>]*>|\{[^{}\n]*\}")
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?][\"')*_\]]*(?=\s)|\n\s*\n|\n\s*(?:[-*|#:]|\d+\.)(?=\s)")
# A formula that computes proves its numbers; "$t = 48.5$" only states one.
COMPUTES = re.compile(r"[+/^_]|\S\s*-|\\(?:[dt]?frac|c?dot|times|sqrt|log|ln|exp|sum|int)\b")
POWER = re.compile(r"(?:(\d+(?:\.\d+)?)\s*\\cdot\s*)?\b10\^(?:\{(-?\d+)\}|(\d))")
NUMBER = re.compile(
    r"(?<![\w.\\])(?<![A-Za-z]-)(?P<digits>\d{1,3}(?:[,_]\d{3})+(?!\d)|\d+)(?P<decimals>\.\d+)?"
    r"(?:e(?P<power>[+-]?\d+))?(?![\w^]|\.\d)(?P<percent>[ \u00a0]?\\?%| per ?cent\b)?"
)
ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["eleven", "twelve", "thirteen", "fourteen", "fifteen",
         "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {
    **{word: 11 + place for place, word in enumerate(TEENS)},
    **{
        f"{tens}-{ones}".strip("-"): 20 + 10 * i + j
        for i, tens in enumerate(TENS)
        for j, ones in enumerate(["", *ONES])
    },
}
IN_WORDS = re.compile(
    rf"\b(?P<number>{'|'.join(sorted(WORDS, key=len, reverse=True))}|\d[\d.,]*(?= thousand| million))"
    r"(?: (?P<times>thousand|million))?\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# "1797 handwritten digits" is no year.
NOT_COUNTED = r"(?!(?:was|is|as|has|its|this|the|an?|and|or|to|in|on|by|with|for|of|at|from)\b)"
COUNTED = re.compile(rf" (?:{NOT_COUNTED}[a-z]+ )?{NOT_COUNTED}[a-z]+s\b")
LABEL = re.compile(
    r"(?:\b(?i:exercise|example|section|chapter|page|no\.|Python|NumPy|SciPy|Matplotlib)"
    r"|\b[A-Z]{2,}) $"
)
DAY = re.compile(
    r"(?: and \d+)? (?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b"
)


@dataclass(frozen=True)
class Number:
    """A number as it is written: its value, and the unit of its last digit."""

    value: float
    unit: float
    start: int
    text: str


def unproved(page: Page) -> list[Problem]:
    """Return the numbers of the prose that nothing near them proves, each with what to do."""
    reading = _Reading(page)
    return [
        Problem(str(page.path), page.line(number.start), f"{number.text}: {ADVICE}")
        for number in reading.numbers()
        if not reading.is_proved(number) and not reading.is_sourced(number)
    ]


class _Reading:
    """The prose of a page, at its places in the page, and what may prove the numbers in it."""

    def __init__(self, page: Page) -> None:
        self.text, _, works = page.text.partition("\n## Further reading\n")
        self.works = works.split("\n- ")
        self.exact: list[Number] = []  # code and formulas are quoted as they are
        self.rounded: list[Number] = []  # outputs may be quoted with fewer digits
        self.sources: list[int] = []  # the places of what sources a sentence
        self.sources_of_sections: list[int] = []
        self.take(FRONT_MATTER)
        for fence in LEXER(page.document):
            promised = fence.lexemes["info"] in PROMISES
            self.take_span(fence.start, fence.end, self.rounded if promised else self.exact)
        for match in COMMENT.finditer(self.text):
            before = self.text[: match.start()].rstrip(" ")
            if not match["text"].startswith("source:"):
                continue
            if before.endswith("\n\n") and match["alone"] is not None:
                self.sources_of_sections.append(match.start())
            else:
                self.sources.append(len(before.rstrip()) - 1)  # perhaps behind the full stop
        self.take(COMMENT)
        self.take(IMAGE)
        self.take(DISPLAY, self.exact)
        for match in INLINE.finditer(self.text):
            if COMPUTES.search(_powers_of_ten(match[0])):
                self.take_span(match.start(), match.end(), self.exact)
        self.take(CODE, self.exact)
        links = LINK.finditer(self.text)
        self.sources += [link.start() for link in links if not link[0].startswith("(#")]
        self.take(LINK)
        self.take(TAG)
        self.text = IN_WORDS.sub(_in_digits, _powers_of_ten(self.text))
        self.text = re.sub(r"\b(\d{1,3}) (?=\d{3}\b)", r"\1_", self.text)
        self.sections = [match.start() for match in HEADING.finditer(self.text)]
        self.introduced = self.sections[1] if len(self.sections) > 1 else len(self.text)
        self.sentences = [match.end() for match in SENTENCE_END.finditer(self.text)]

    def take(self, pattern: re.Pattern[str], evidence: list[Number] | None = None) -> None:
        for match in pattern.finditer(self.text):
            self.take_span(match.start(), match.end(), evidence)

    def take_span(self, start: int, end: int, evidence: list[Number] | None) -> None:
        """Blank out what is not prose, and keep the numbers in it as evidence."""
        taken = self.text[start:end]
        if evidence is not None:
            found = _numbers(_powers_of_ten(taken))
            evidence += [replace(number, start=start + number.start) for number in found]
        self.text = self.text[:start] + re.sub(r"\S", " ", taken) + self.text[end:]

    def numbers(self) -> Iterator[Number]:
        """Return the numbers of the prose that need a proof."""
        for number in _numbers(self.text):
            before, after = self.text[: number.start], self.text[number.start + len(number.text) :]
            small = number.text.isdigit() and number.value <= SMALL
            year = YEAR.fullmatch(number.text) and not COUNTED.match(after)
            if not (small or year or LABEL.search(before[-20:]) or DAY.match(after)):
                yield number

    def around(self, places: list[int], start: int, before: int = 1) -> tuple[int, int]:
        """Return the last of the places before ``start``, or one further up, and the next."""
        place = bisect(places, start)
        first = places[place - before] if place >= before else 0
        return first, places[place] if place < len(places) else len(self.text)

    def is_proved(self, number: Number) -> bool:
        first, last = self.around(self.sections, number.start, before=1 + SECTIONS_ABOVE)
        if number.start < self.introduced:
            last = len(self.text)
        return any(
            first <= other.start < last and abs(number.value - other.value) <= slack * number.unit
            for evidence, slack in ((self.exact, 1e-6), (self.rounded, 0.5 + 1e-6))
            for other in evidence
        )

    def is_sourced(self, number: Number) -> bool:
        first, last = self.around(self.sections, number.start)
        if any(first <= source < number.start for source in self.sources_of_sections):
            return True
        first, last = self.around(self.sentences, number.start)
        if any(first <= source < last for source in self.sources):
            return True
        sentence = self.text[first:last]
        names = set(re.findall(r"[A-Z]\w{3,}", sentence))
        return any(
            year in work and not names.isdisjoint(re.findall(r"\w+", work))
            for year in YEAR.findall(sentence)
            for work in self.works
        )


def _numbers(text: str) -> Iterator[Number]:
    """Return the numbers of a text, 7 % as 0.07."""
    for match in NUMBER.finditer(text):
        decimals = match["decimals"] or ""
        power = int(match["power"] or 0) - 2 * bool(match["percent"])
        value = float(re.sub("[,_]", "", match["digits"]) + decimals) * 10.0**power
        unit = 10.0 ** (power - max(len(decimals) - 1, 0))
        yield Number(value, unit, match.start(), match[0].strip())


def _powers_of_ten(text: str) -> str:
    """Write powers of ten in formulas as Python does, and leave all else at its place."""

    def written(match: re.Match[str]) -> str:
        factor, long, short = match.groups()
        return f"{factor or 1}e{long or short}".ljust(len(match[0]))

    return POWER.sub(written, text)


def _in_digits(match: re.Match[str]) -> str:
    """Write a number in digits, at the end of its place, where a "percent" may follow."""
    number = WORDS.get(match["number"].lower(), match["number"])
    power = {"thousand": "e3", "million": "e6"}.get(match["times"], "")
    return f"{number}{power}".rjust(len(match[0]))
