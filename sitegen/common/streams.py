"""Catch what a process writes to its standard streams, whoever writes it."""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["caught"]


@contextlib.contextmanager
def caught() -> Iterator[Callable[[], tuple[str, str]]]:
    """Replace both streams; yield what returns the output and the errors written since it was last called.

    They are caught at their file descriptors, so that the text of child processes and of libraries in C
    is there, in its place: nothing is held back in Python. A stream stays the same until the end, whoever
    has kept it.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        output = stack.enter_context(_redirected("stdout", 1, Path(folder, "output")))
        errors = stack.enter_context(_redirected("stderr", 2, Path(folder, "errors")))
        yield lambda: (output(), errors())


@contextlib.contextmanager
def _redirected(name: str, descriptor: int, path: Path) -> Iterator[Callable[[], str]]:
    names = name, f"__{name}__"
    before = [getattr(sys, name) for name in names]
    for stream in before:
        stream.flush()
    kept = os.dup(descriptor)
    with path.open("ab") as file:
        os.dup2(file.fileno(), descriptor)
    raw = io.FileIO(descriptor, "wb", closefd=False)
    errors = "strict" if name == "stdout" else "backslashreplace"
    stream = io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)
    for each in names:
        setattr(sys, each, stream)
    try:
        with path.open("rb") as reader:
            yield lambda: reader.read().decode("utf-8", "replace").replace(os.linesep, "\n")
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        for each, stream in zip(names, before, strict=True):
            setattr(sys, each, stream)
