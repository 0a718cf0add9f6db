"""Background work hands over its result or its error, and never keeps a process from ending."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sitegen.common.background import in_background

ROOT = Path(__file__).parents[3]
PATIENCE = 60  # seconds, for a machine that does much else


def test_the_caller_goes_on_while_the_work_is_done() -> None:
    may_end = threading.Event()

    def work() -> int:
        assert may_end.wait(PATIENCE)
        return threading.get_ident()

    future = in_background(work)
    assert not future.done()
    may_end.set()
    assert threading.get_ident() != future.result(PATIENCE)


@pytest.mark.parametrize("error", [ValueError("wrong"), SystemExit(3), KeyboardInterrupt()])
def test_an_error_is_raised_where_the_result_is_wanted(error: BaseException) -> None:
    def work() -> None:
        raise error

    assert error is in_background(work).exception(PATIENCE)


def test_a_process_that_ends_does_not_wait_for_the_work() -> None:
    program = (
        "import threading\n"
        "from sitegen.common.background import in_background\n"
        "in_background(threading.Event().wait)\n"
        "raise SystemExit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=PATIENCE, check=False)
    assert 7 == done.returncode
