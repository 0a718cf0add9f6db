"""How long a page may run."""

import os

__all__ = ["LIMIT", "page_seconds"]

LIMIT = "CALCGUIDE_PAGE_SECONDS"  # in the environment, of builds and of tests

DEFAULT, MOST = 300.0, 24 * 60 * 60.0


def page_seconds() -> float:
    """Return the limit in seconds.

    Raises
    ------
    ValueError
        If the environment has something else than a number of seconds.
    """
    text = os.environ.get(LIMIT, str(DEFAULT))
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MOST:
        raise ValueError(f"{LIMIT} is {text!r}: set it to a number of seconds, at most a day")
    return seconds
