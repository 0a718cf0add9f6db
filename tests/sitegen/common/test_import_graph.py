"""Modules are reached through all their imports, and compared by what Python makes of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.common import import_graph
from sitegen.common.cache import Cache
from sitegen.common.import_graph import reached, read_modules

MODULES = {
    "__init__": "",
    "direct": "from ours.inside import function\n",
    "lazy": "def f():\n    import ours.leaf as leaf\n    return leaf\n",
    "leaf": "import numpy as np\nx = 1\n",
    "inside/__init__": "from .own import function\n",
    "inside/own": "from .. import lazy\nfrom . import sibling\n\ndef function(): pass\n",
    "inside/sibling": "from ..leaf import x\n",
    "circle": "import ours.arc\n",
    "arc": "import ours.circle\n",
    "star": "from ours.leaf import *\n",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(import_graph, "MODULES", Cache("modules", within=tmp_path / "cache"))
    for name, text in MODULES.items():
        file = tmp_path / "ours" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "ours"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["numpy", "ours"], ["ours"]),
        (["ours.leaf.x"], ["ours", "ours.leaf"]),
        (["ours.lazy"], ["ours", "ours.lazy", "ours.leaf"]),
        (["ours.inside.sibling"], ["ours", "ours.inside", "ours.inside.own", "ours.inside.sibling",
                                   "ours.lazy", "ours.leaf"]),
        (["ours.direct.function"], ["ours", "ours.direct", "ours.inside", "ours.inside.own",
                                    "ours.inside.sibling", "ours.lazy", "ours.leaf"]),
        (["ours.circle"], ["ours", "ours.arc", "ours.circle"]),
        (["ours.star"], ["ours", "ours.leaf", "ours.star"]),
        (["oursother.leaf"], []),
    ],
)  # fmt: skip
def test_a_name_reaches_all_that_its_modules_import(
    package: Path, names: list[str], expected: list[str]
) -> None:
    modules = read_modules(package)
    assert expected == reached(names, modules)
    assert modules == read_modules(package), "read again, from the cache"


def test_files_of_editors_are_no_modules(package: Path) -> None:
    modules = read_modules(package)
    (package / ".#leaf.py").symlink_to("someone@somewhere.1234")
    (package / "._leaf.py").write_bytes(b"\0\5\x16\7")
    (package / ".ipynb_checkpoints").mkdir()
    (package / ".ipynb_checkpoints/leaf-checkpoint.py").write_text("x = (", encoding="utf-8")
    assert modules == read_modules(package)


def test_the_interpreter_loads_no_more_than_what_is_reached(package: Path) -> None:
    for name in ("inside.own", "arc", "direct"):
        code = (
            f"import sys; sys.path.insert(0, {str(package.parent)!r}); import ours.{name}\n"
            "print(*sorted(name for name in sys.modules if name.split('.')[0] == 'ours'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert set(done.stdout.split()) <= set(reached([f"ours.{name}"], read_modules(package)))


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("# comment\nimport numpy as np\nx = 1\n", False),
        ("import numpy as np  # comment\n\n\nx = 1\n", False),
        ("import  numpy  as  np\nx=1\n", False),
        ('"""Docstring."""\nimport numpy as np\nx = 1\n', True),
        ("import numpy as np\nx = 2\n", True),
    ],
)
def test_comments_and_layout_do_not_change_the_code(
    package: Path, text: str, differs: bool
) -> None:
    before = read_modules(package)["ours.leaf"].code
    (package / "leaf.py").write_text(text, encoding="utf-8")
    assert differs == (before != read_modules(package)["ours.leaf"].code)
