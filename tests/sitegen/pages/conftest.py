"""A sound page, and what the engine says against a page made from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages.comparison import check

SOUND = """\
# Slopes

```python
import matplotlib.pyplot as plt
import numpy as np

x = np.array([1.0, 2.0, 3.0])


def square(x):
    return x**2


print("slope:", 2 * x)
print("words and", 0.123456)
```

```text title="Output"
slope: [2. 4. 6.]
words and 0.123456
```

```python
print(square(x).sum() * 1e-21)
```

```text title="Output"
1.4e-20
```

```python
plt.plot(x, square(x))
plt.show()
```

![A parabola that rises from 1 to 9](figures/parabola.svg)

!!! note

    ```python
    print("inside", 0.5)
    ```

    ```text title="Output"
    inside 0.5
    ```

=== "Tab"

    ```python
    tab = square(4)
    ```

```python
print(tab)
np.linalg.inv(np.zeros((2, 2)))
```

```text title="Output"
16
```

```text title="Error"
LinAlgError: Singular matrix
```
"""


Problems = Callable[[str], list[str]]


@pytest.fixture
def sound() -> str:
    return SOUND


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


@pytest.fixture
def problems(page: Path) -> Problems:
    """Return what is wrong with a page that has a given text."""

    def found(text: str) -> list[str]:
        page.write_text(text, encoding="utf-8")
        return [str(problem) for problem in check(page)[2]]

    return found


@pytest.fixture
def assert_caught(page: Path, problems: Problems) -> Callable[..., None]:
    """Put a defect into the sound page: it is reported at its line, in words that name it."""

    def caught(old: str, new: str, line: int, words: str) -> None:
        assert 1 == SOUND.count(old), "the defect must change one place"
        found = problems(SOUND.replace(old, new))
        assert found, "not caught"
        assert any(report.startswith(f"{page}:{line}: ") and words in report for report in found), (
            found
        )

    return caught
