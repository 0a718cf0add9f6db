"""What happens in the process of a page: it runs there, and ends as a plain script does."""

import _thread
import atexit
import ctypes
import faulthandler
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from sitegen.common.files import write_atomically
from sitegen.pages.comparison import check

__all__ = ["main"]

LARGEST = 2**28  # bytes of a file: an endless loop that prints does not fill the disk


def main(path: Path, text: str, folder: Path, seconds: float) -> None:
    """Run and check a page, and leave files in a folder; end after some seconds at the latest.

    ``result`` is what the page did, ``trace`` the line of each snippet that has begun and then where the run
    was cut short, and ``rest`` what is written when no snippet runs.
    """
    # A daemon to its parent, which does not wait for it when it exits; but a page may start processes.
    multiprocessing.current_process().daemon = False
    multiprocessing.set_start_method(None, force=True)  # the default of the system
    if sys.platform != "win32":
        os.setsid()  # all that the page starts can be ended with it
    # The page, which may count its threads, does not see one of this kind.
    _thread.start_new_thread(_end_with_parent, (folder,))
    own, trace = os.getpid(), os.open(folder / "trace", os.O_WRONLY | os.O_CREAT)
    # Its watch needs no lock of the interpreter, and ends loops in C.
    faulthandler.enable(trace)
    faulthandler.dump_traceback_later(seconds, exit=True, file=trace)
    _isolate(folder)
    start = time.perf_counter()
    _, run, problems = check(path, text, lambda snippet: os.write(trace, b"%d\n" % snippet.line))
    if os.getpid() == own:  # and not what the page has forked
        result = run, problems, time.perf_counter() - start
        write_atomically(folder / "result", pickle.dumps(result))
    # The rest is what an interpreter does at its end; in a process like this one it would leave it out.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()


def _end_with_parent(folder: Path) -> None:
    """End this process, and those that the page has started, if the build is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    shutil.rmtree(folder, ignore_errors=True)
    if sys.platform != "win32":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _isolate(folder: Path) -> None:
    """Leave what comes from the server of processes, and keep to a folder that is removed."""
    rest = os.open(folder / "rest", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(rest, descriptor)
    os.close(rest)
    tempfile.tempdir = str(folder)
    sys.argv = [""]
    atexit._clear()
    np.random.seed()  # noqa: NPY002 (a fork would have the numbers of the page before)
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with suppress(ValueError):  # it is lower already
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, most))
    # Text of C code comes in its place among the text of Python.
    c, name = ctypes.CDLL(None), "__stdoutp" if sys.platform == "darwin" else "stdout"
    unbuffered = 2
    c.setvbuf(ctypes.c_void_p.in_dll(c, name), None, unbuffered, 0)
