"""What takes long to make is made once, for all processes of a test run."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest


def once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Fill a folder in the process that asks for it first, while the others wait."""
    done, failed = (folder.with_name(f"{folder.name}.{end}") for end in ("done", "failed"))
    try:
        folder.mkdir()
    except FileExistsError:
        while not done.exists():
            if failed.exists():
                pytest.fail(f"another test has failed to make {folder.name}", pytrace=False)
            time.sleep(0.1)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder
