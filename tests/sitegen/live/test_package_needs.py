"""Which libraries each name of a package needs, and what the browser reads off a snippet."""

import json
import subprocess
from pathlib import Path

import pytest

from sitegen.common.programs.node import node
from sitegen.live.package_needs import needs

ROOT = Path(__file__).parents[3]


def test_each_name_needs_what_can_be_reached_from_it(tmp_path):
    package = tmp_path / "ours"
    package.mkdir()
    (package / "__init__.py").write_text("import os\n")
    (package / "light.py").write_text(
        "import numpy as np\n"
        "from ours.heavy import fast, slow\n"
        "def plain(x):\n    return np.sum(fast(x))\n"
        "def through(x):\n    return helper(x)\n"
        "def helper(x):\n    return slow(x)\n"
    )
    (package / "heavy.py").write_text(
        "def fast(x):\n    return x\n"
        "def slow(x):\n    from scipy.integrate import quad\n    return quad(x)\n"
    )
    found = needs(package)
    assert ["numpy"] == found["ours.light.plain"]
    assert ["numpy", "scipy"] == found["ours.light.through"]
    assert [] == found["ours.heavy.fast"]
    assert ["scipy"] == found["ours.heavy.slow"]


def test_a_package_asks_for_what_the_modules_ask_for_whose_names_it_offers(tmp_path):
    package = tmp_path / "ours"
    (package / "part").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "part/__init__.py").write_text(
        'import matplotlib\nfrom ours.part.module import fast, slow\n__all__ = ["fast", "slow"]\n'
    )
    (package / "part/module.py").write_text(
        "import numpy as np\n"
        "def fast(x):\n    return x\n"
        "def slow(x):\n    from scipy.integrate import quad\n    return quad(x)\n"
    )
    found = needs(package)
    assert ["matplotlib", "numpy"] == found["ours.part.fast"]
    assert ["matplotlib", "numpy", "scipy"] == found["ours.part.slow"]
    assert ["matplotlib", "numpy"] == found["ours.part.module.fast"]


def test_the_package_asks_for_scipy_only_where_it_uses_it():
    found = needs(ROOT / "calcguide")
    assert "scipy" in found["calcguide.newton.bfgs"]
    assert "scipy" not in found["calcguide.newton.newton"]
    assert "matplotlib" in found["calcguide.plots.plot_contours"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy as np, scipy.linalg", ["numpy", "scipy.linalg"]),
        ("from a.b import c as d, e  # and f", ["a.b.c", "a.b.e"]),
        ("from a import (\n    b,  # one\n    c,\n)", ["a.b", "a.c"]),
        ("def f():\n    import a; import b", ["a", "b"]),
        ("from a import \\\n    b", ["a.b"]),
        ("important = 1\nfrom_x = 2\nx.imports", []),
        ("from a import *", ["a.*"]),
    ],
)
def test_imports_are_read_off_the_code(code: str, expected: list[str]):
    assert expected == call("importedNames", code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import far", ["far", "near"]),
        ("from far.away import x", ["far", "near", "large"]),
        ("import far.away.there", ["far", "near", "large"]),
        ("import unknown", []),
    ],
)
def test_a_part_of_a_module_may_need_more(code: str, expected: list[str]):
    packages = {
        "far": {"file": "far.whl", "depends": ["near"]},
        "near": {"file": "near.whl", "depends": []},
        "large": {"file": "large.whl", "depends": []},
    }
    imports = {"far": "far", "near": "near", "far.away": "large"}
    assert expected == call("packagesFor", code, {"packages": packages, "imports": imports})


def call(name: str, *arguments: object) -> list[str]:
    """Call a function of the browser's script."""
    module = (ROOT / "sitegen/live/browser/packages.mjs").as_uri()
    values = ", ".join(map(json.dumps, arguments))
    script = (
        f"import {{ {name} }} from {json.dumps(module)};"
        f"console.log(JSON.stringify({name}({values})))"
    )
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found
