"""What the snippets of a page have printed, raised and drawn."""

from dataclasses import dataclass, field

from sitegen.figures.record import Record
from sitegen.pages.contract import Problem

__all__ = ["Outcome", "Run"]


@dataclass(frozen=True)
class Outcome:
    """What one snippet did: the text printed, the error raised, its figures as SVG and in words."""

    output: str = ""
    error: str = ""
    figures: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()


@dataclass
class Run:
    """The outcomes of the snippets of a page in order, up to the first that failed."""

    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def drawings(self) -> list[str]:
        """The figures of all snippets, as SVG in marker colours."""
        return [svg for outcome in self.outcomes for svg in outcome.figures]

    @property
    def records(self) -> list[Record]:
        """The same figures in words."""
        return [record for outcome in self.outcomes for record in outcome.records]
