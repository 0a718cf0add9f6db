"""A number in the prose of a page comes from an output, a formula or a source near it."""

from pathlib import Path

import pytest

from sitegen.pages.contract import read
from sitegen.pages.prose_numbers import unproved

# Pages whose numbers nobody has checked yet.
UNCHECKED = {
    Path("docs", name)
    for name in (
        "cases/image-classification.md",
        "cases/recommender.md",
        "cases/recurrent-network.md",
        "cases/sentiment.md",
    )
}


def test_numbers_in_prose_are_proved_near_them(page_path: Path) -> None:
    problems = unproved(read(page_path))
    if page_path in UNCHECKED:
        assert problems, f"{page_path} has no unproved number left: remove it from UNCHECKED"
    elif problems:
        pytest.fail("\n".join(map(str, problems)), pytrace=False)
