"""Work that goes on beside the builder."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["in_background"]

Result = TypeVar("Result")


def in_background(work: Callable[[], Result]) -> "Future[Result]":
    """Work in a thread, for which nobody waits who is interrupted or fails before."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # it is raised where the result is wanted
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
