"""The build runs a page only when it must."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.runs import plan as planning
from sitegen.runs.environment import Environment

BOTH = ["tutorials/first.md", "tutorials/second.md"]


@pytest.fixture
def executed(run: Any) -> Callable[[], list[str]]:
    """Return what brings the pages up to date, and tells which of them have run."""

    def found() -> list[str]:
        report = run()
        assert [] == report.problems
        return sorted(report.executed)

    return found


def test_only_what_has_changed_is_run(
    executed: Callable[[], list[str]], change: Callable[..., None], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    assert BOTH == executed()
    assert [] == executed()
    change("first", "Some prose.", "Other prose, and a new line.\n")
    assert [] == executed()
    change("first", "[3, 4]", "[3, 5]")
    assert ["tutorials/first.md"] == executed()
    change("first", "[3, 5]", "[3, 4]")
    assert [] == executed(), "it has run before as it is now"
    change("second", "figures/second.svg", "figures/renamed.svg")
    assert ["tutorials/second.md"] == executed()
    assert sorted(path.name for path in cache.glob("site/tutorials/figures/*")) == [
        "first-dark.svg",
        "first.svg",
        "renamed-dark.svg",
        "renamed.svg",
    ]


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
    ],
    ids=["lost", "empty", "truncated", "altered"],
)
@pytest.mark.parametrize(
    "file",
    [
        "site/tutorials/figures/second.svg",
        "site/tutorials/figures/second-dark.svg",
        "site/notebooks/tutorials/second.ipynb",
        "shown/notebooks/tutorials/second.ipynb",
        "drawings",
        "records",
        "contents",
    ],
)
def test_a_damaged_file_is_made_again(
    executed: Callable[[], list[str]],
    change: Callable[..., None],
    tmp_path: Path,
    file: str,
    damage: Callable[[Path], object],
) -> None:
    def published() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for folder in ("site", "shown")
            for path in (tmp_path / "cache" / folder).rglob("*.*")
        }

    assert BOTH == executed()
    before = published()
    path = tmp_path / "cache" / file
    for damaged in [path] if path.is_file() else list(path.rglob("*-*")):
        damage(damaged)
    if file == "drawings":
        assert [] == executed(), "all that is made from the drawings is there"
        change("first", "Some prose.", "Other prose.")
        assert ["tutorials/first.md"] == executed(), "its notebook needs the drawing"
        change("first", "Other prose.", "Some prose.")
    assert [] == executed()
    assert before == published()


def test_a_page_runs_again_when_a_module_changes_that_it_reaches(
    executed: Callable[[], list[str]],
    change: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = tmp_path / "ours"
    (package / "data").mkdir(parents=True)
    modules = {
        "__init__": '"""Ours."""\n',
        "direct": "def f():\n    from ours import indirect\n    return indirect\n",
        "indirect": "x = 1\n",
        "data_reader": "from importlib.resources import files\n",
        "other": '"""Nobody imports this."""\n',
    }
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    (package / "data/numbers.csv").write_text("1\n", encoding="utf-8")
    monkeypatch.setattr(planning, "Environment", lambda: Environment(package))
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, module in (("first", "direct"), ("second", "data_reader")):
        change(name, "import matplotlib.pyplot as plt\n", "import matplotlib.pyplot as plt\n\n"
               f"if False:\n    from ours.{module} import f\n")  # fmt: skip
    assert BOTH == executed()

    def edit(name: str, text: str) -> list[str]:
        path = package / name
        path.write_text(text + path.read_text(encoding="utf-8"), encoding="utf-8")
        return executed()

    assert [] == edit("other.py", "y = 1\n")
    assert [] == edit("indirect.py", "# A comment.\n\n")
    assert ["tutorials/first.md"] == edit("indirect.py", "y = 1\n")
    assert ["tutorials/first.md"] == edit("direct.py", "y = 1\n")
    assert ["tutorials/second.md"] == edit("data/numbers.csv", "2\n")
    assert BOTH == edit("__init__.py", "y = 1\n")
