"""A number in the prose of a page comes from an output, a formula or a source near it."""

from pathlib import Path

import pytest

from sitegen.pages.authoring.prose_numbers import unproved
from sitegen.pages.contract import read


def test_numbers_in_prose_are_proved_near_them(page_path: Path) -> None:
    if problems := unproved(read(page_path)):
        pytest.fail("\n".join(map(str, problems)), pytrace=False)
