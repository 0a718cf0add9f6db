"""The process of a page is what a plain interpreter would be, and ends as it does."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

Finish = Callable[..., Any]

SQUARE = "def square(x):\n    return x * x\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="forks")

SOUND = {
    "it is alone": (
        "import sys\nimport threading\n",
        "assert sys.argv == ['']\nassert threading.active_count() == 1",
    ),
    "its settings are the first": (
        "import decimal\n",
        "assert decimal.getcontext().prec == 28\ndecimal.getcontext().prec = 3",
    ),
    "it may end in any folder": ("import os", "os.chdir('/')\nos.environ.clear()"),
    "it may leave a thread that ends": (
        "import threading\nimport time",
        "threading.Thread(target=time.sleep, args=[0.1]).start()",
    ),
}
FORKING = {
    "process": (
        "import multiprocessing\n" + SQUARE,
        "process = multiprocessing.get_context('fork').Process(target=square, args=[2])\n"
        "process.start()\nprocess.join()\nassert process.exitcode == 0",
    ),
    "pool that is left open": (
        "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor\n" + SQUARE,
        "pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork'))\n"
        "assert list(pool.map(square, [2, 3])) == [4, 9]",
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_page_has_a_clean_process(finished: Finish, name: str) -> None:
    for _ in range(2):
        assert [] == finished(*SOUND[name]).problems


@POSIX
@pytest.mark.parametrize("name", FORKING)
def test_a_page_may_start_processes(finished: Finish, name: str) -> None:
    assert [] == finished(*FORKING[name]).problems


@POSIX
def test_the_method_that_starts_processes_is_the_default_of_the_system(finished: Finish) -> None:
    import multiprocessing

    default = multiprocessing.get_context().get_start_method()
    page = f"import multiprocessing\nassert multiprocessing.get_start_method() == {default!r}"
    assert [] == finished(page).problems


def test_numbers_of_the_global_generator_differ_from_run_to_run(finished: Finish) -> None:
    draw = "import numpy as np\nprint(np.random.rand())"
    one, other = (finished(draw).run.outcomes[0].output for _ in range(2))
    assert one != other


@POSIX
def test_text_of_c_code_comes_in_its_place(finished: Finish) -> None:
    page = "import ctypes\nprint('a')\nctypes.CDLL(None).puts(b'b')\nprint('c')"
    assert [] == finished(page, output="a\nb\nc").problems


@POSIX
def test_an_endless_loop_that_prints_is_ended_before_the_disk_is_full(finished: Finish) -> None:
    (problem,) = finished("while True:\n    print('long' * 100_000)").problems
    assert "OSError" in problem.message


def test_what_is_printed_at_exit_is_a_problem_of_the_page(finished: Finish) -> None:
    (problem,) = finished("x = 1", "import atexit\natexit.register(print, 'good bye')").problems
    assert 5 == problem.line
    assert "written after the last snippet" in problem.message
    assert "good bye" in problem.message


@POSIX
def test_a_page_that_forks_ends_once(finished: Finish) -> None:
    done = finished("import os\nparent = os.getpid()\nos.fork()", "x = 1")
    assert [] == done.problems
