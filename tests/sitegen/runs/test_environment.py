"""A run depends on the libraries, on the modules that its page reaches, and on the data that they read."""

import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from sitegen.runs.environment import LIBRARIES, Environment

FILES = {
    "__init__.py": '"""Ours."""\n',
    "direct.py": "def f():\n    from ours import indirect\n    return indirect\n",
    "indirect.py": "x = 1\n",
    "reader.py": "from importlib.resources import files\n",
    "other.py": '"""Nobody imports this."""\n',
    "data/numbers.csv": "1\n",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "ours" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "ours"


def direct(environment: Environment) -> list[str]:
    return environment.of(["ours.direct.f"])


def reader(environment: Environment) -> list[str]:
    return environment.of(["ours.reader"])


def nothing(environment: Environment) -> list[str]:
    return environment.of(["math"])


ASKED: list[Callable[[Environment], list[str]]] = [
    direct,
    reader,
    nothing,
    Environment.whole_package,
]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("direct.py", "y = 1\n", ["direct", "whole_package"]),
        ("indirect.py", "y = 1\n", ["direct", "whole_package"]),
        ("indirect.py", '"""It may be printed."""\n', ["direct", "whole_package"]),
        ("indirect.py", "# A comment.\n\n", []),
        ("other.py", "y = 1\n", ["whole_package"]),
        ("new.py", "y = 1\n", ["whole_package"]),
        ("__init__.py", "y = 1\n", ["direct", "reader", "whole_package"]),
        ("data/numbers.csv", "2\n", ["reader"]),
        ("data/more.csv", "2\n", ["reader"]),
        ("__pycache__/other.cpython-311.pyc", "2\n", []),
    ],
)
def test_only_what_reaches_a_file_changes_with_it(
    package: Path, name: str, text: str, expected: list[str]
) -> None:
    before = [ask(Environment(package)) for ask in ASKED]
    path = package / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + FILES.get(name, ""), encoding="utf-8")
    after = [ask(Environment(package)) for ask in ASKED]
    assert expected == [
        ask.__name__ for ask, old, new in zip(ASKED, before, after, strict=True) if old != new
    ]


def test_a_build_sees_the_package_as_it_was_at_first(package: Path) -> None:
    environment = Environment(package)
    before = direct(environment)
    (package / "indirect.py").write_text("x = 2\n", encoding="utf-8")
    assert before == direct(environment)
    assert before != direct(Environment(package))


def test_every_run_depends_on_python_and_the_libraries(package: Path) -> None:
    expected = [platform.python_version(), *map(version, LIBRARIES)]
    assert expected == nothing(Environment(package))
    assert expected == direct(Environment(package))[: len(expected)]


def test_our_own_engine_is_reached_by_its_names(package: Path) -> None:
    found = Environment(package).of(["sitegen.figures.svg.to_svg"])
    assert {"sitegen", "sitegen.figures.svg", "sitegen.figures.palettes"} <= set(found)
    assert "sitegen.figures.review" not in found
    assert not any("sitegen" in part for part in Environment(package).whole_package())
