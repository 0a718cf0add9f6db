"""Two pages that draw, and one that runs nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.runs.run import Report, build

PAGE = """\
# A line

Some prose.

```python
import matplotlib.pyplot as plt

print(1.5)
plt.plot([1, 2], [3, 4], label="up")
plt.legend()
plt.show()
```

```text title="Output"
1.5
```

![A line that rises](figures/NAME.svg)
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs" / "tutorials"
    folder.mkdir(parents=True)
    for name in ("first", "second"):
        (folder / f"{name}.md").write_text(PAGE.replace("NAME", name), encoding="utf-8")
    (tmp_path / "docs" / "prose.md").write_text("# Nothing runs here\n", encoding="utf-8")
    return tmp_path / "docs"


@pytest.fixture
def change(docs: Path) -> Callable[[str, str, str], None]:
    """Return what replaces a text in one of the pages that draw."""

    def changed(name: str, old: str, new: str) -> None:
        path = docs / "tutorials" / f"{name}.md"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return changed


@pytest.fixture
def run(docs: Path, tmp_path: Path) -> Callable[..., Report]:
    """Return what brings all pages up to date, in silence."""

    def build_quietly(cache: str = "cache") -> Report:
        return build(docs, tmp_path / cache, lambda message: None)

    return build_quietly
