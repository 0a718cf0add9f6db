"""Two pages that draw, and one that runs nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.pages.contract import read
from sitegen.runs.run import Report, build
from sitegen.runs.workers import Finished, run_pages

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


@pytest.fixture
def finished(tmp_path: Path) -> Callable[..., Finished]:
    """Return what runs a page of snippets, each with the output that it promises, in a process of its own."""

    def ran(*snippets: str, output: str = "") -> Finished:
        fences = [f"```python\n{snippet.strip()}\n```\n" for snippet in snippets]
        if output:
            fences.append(f'```text title="Output"\n{output}\n```\n')
        path = tmp_path / "page.md"
        path.write_text("\n".join(fences), encoding="utf-8")
        (done,) = run_pages([read(path)])
        return done

    return ran
