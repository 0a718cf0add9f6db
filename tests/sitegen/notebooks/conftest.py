"""A page with everything that a notebook may hold, and the pages that have notebooks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from sitegen.live.wheel import Wheel
from sitegen.notebooks.addresses import uri_of_notebook
from sitegen.notebooks.cells import to_open
from sitegen.pages.contract import Page, read
from sitegen.pages.sources import page_files

SVG = '<svg viewBox="0 0 432 288" width="432pt">\n<path d="M0 0"/></svg>'
SAMPLE = """\
---
title: A sample
description: Not for the reader of a notebook.
---

# A sample

See [the errata](../errata.md#a1-1), [above](#a-sample), [the home page](../index.md "Home"),
[NumPy](https://numpy.org) and `[no](link.md)`.{ .lead }

!!! note "Mind the ½"

    Here it is
    $$
    a = b
    $$

    ```python
    import numpy as np
    from sklearn.linear_model import Ridge

    print(np.ones(2))
    ```

    ```text title="Output"
    [1. 1.]
    ```

    And on it goes.

<!-- not in the browser: no reason that a notebook has -->
```python
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.plot([2, 1])
plt.show()
```

![A line that rises by < 2](figures/rising.svg)

```python
[][0]
```

```text title="Error"
IndexError: list index out of range
```

<!-- skip: it takes a night -->
```python
import statsmodels
```

```console
$ make serve
# not a heading
```

## Exercises

**1. Why?** Say why $x^2$
is even.

??? success "Solution"

    Because.

    ```python
    print(7)
    ```

    ```text title="Output"
    7
    ```

**2. And** who asks?

??? success "Solution"

    You.

Something that is not to be hidden.

## Further reading

- A book.
"""


@pytest.fixture
def svg() -> str:
    """Return a drawing."""
    return SVG


@pytest.fixture
def sample() -> str:
    """Return a page whose figure is named ``rising``."""
    return SAMPLE


@pytest.fixture
def package(tmp_path: Path) -> Wheel:
    """Return a file that stands for the wheel."""
    file = tmp_path / "calcguide-1.2.3-py3-none-any.whl"
    file.write_bytes(b"a wheel")
    return Wheel(file)


@pytest.fixture
def derived(tmp_path: Path, package: Wheel) -> Callable[..., dict[str, Any]]:
    """Return what derives the notebook of the sample, or of another page, that breaks no rule."""

    def derive(text: str = SAMPLE) -> dict[str, Any]:
        file = tmp_path / "sample.md"
        file.write_text(text, encoding="utf-8")
        page = read(file)
        assert [] == page.problems
        text_of_notebook = to_open(page, "tutorials/sample.md", {"rising": SVG}, package)
        notebook: dict[str, Any] = json.loads(text_of_notebook)
        nbformat.validate(notebook)
        return notebook

    return derive


def pages_with_notebooks() -> list[Path]:
    paths = page_files(Path("docs"))
    return [p for p in paths if uri_of_notebook(p.relative_to("docs").as_posix())]


@pytest.fixture(params=pages_with_notebooks(), ids=Path.as_posix)
def page(request: pytest.FixtureRequest) -> Page:
    """Return each page that has a notebook."""
    return read(request.param)
