"""The figures of a run are those of its snippets, in order."""

from sitegen.pages.outcome import Outcome, Run


def test_drawings_are_in_the_order_of_the_page() -> None:
    run = Run([Outcome(figures=("a", "b")), Outcome("text"), Outcome(figures=("c",))])
    assert ["a", "b", "c"] == run.drawings
