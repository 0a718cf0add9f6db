"""A run that was cut short is placed at the line of the page that ran last."""

import signal
from pathlib import Path

import pytest

from sitegen.pages.contract import Page, read
from sitegen.runs.post_mortem import why

TEXT = """\
# Page

```python
def f():
    return 1 / 1
```

```python
f()
```
"""
TIMEOUT = """\
3
8
Timeout (0:00:06)!
Thread 0x00007f0000000001 (most recent call first):
  File "/lib/threading.py", line 5 in wait
  File "page.md", line 4 in helper

Thread 0x00007f0000000002 (most recent call first):
  File "/lib/math.py", line 9 in inner
  File "page.md", line 5 in f
  File "page.md", line 9 in <module>
  File "/lib/execution.py", line 8 in run
"""
CRASH = """\
3
Fatal Python error: Segmentation fault

Current thread 0x00007f0000000001 (most recent call first):
  File "page.md", line 5 in f

Thread 0x00007f0000000002 (most recent call first):
  File "page.md", line 9 in <module>
"""


@pytest.fixture
def page() -> Page:
    return read(Path("page.md"), TEXT)


def test_an_endless_run_is_placed_where_the_main_thread_was(page: Page) -> None:
    problem = why(page, TIMEOUT, 1, 6.0)
    assert 5 == problem.line
    assert "has not ended after 6 s, at `return 1 / 1`" in problem.message
    assert "CALCGUIDE_PAGE_SECONDS" in problem.message


def test_a_thread_that_never_ends_is_found_when_the_main_one_has_left_the_page(page: Page) -> None:
    waiting = TIMEOUT.replace('"page.md", line 5', '"x.py", line 5').replace(
        '"page.md", line 9', '"x.py", line 9'
    )
    assert 4 == why(page, waiting, 1, 6.0).line


def test_a_crash_is_placed_where_the_thread_was_that_crashed(page: Page) -> None:
    problem = why(page, CRASH, -signal.SIGSEGV, None)
    assert (5, "by SIGSEGV, at `return 1 / 1`") == (problem.line, problem.message[-29:])


def test_a_signal_without_a_name_is_given_by_its_number(page: Page) -> None:
    assert "by signal 99, at" in why(page, "3\n", -99, None).message


def test_without_a_trace_it_is_the_first_line_of_the_snippet_that_ran(page: Page) -> None:
    problem = why(page, "3\n8\n", 0, None)
    assert 9 == problem.line
    assert problem.message.endswith("with exit code 0, at `f()`")
    assert 1 == why(page, "", 1, None).line, "no snippet has begun"


def test_a_page_is_recognized_under_any_name() -> None:
    page = read(Path("größe-∇.md"), TEXT)
    named = TIMEOUT.replace("page.md", r"gr\xf6\xdfe-\u2207.md")
    assert 5 == why(page, named, 1, 6.0).line
