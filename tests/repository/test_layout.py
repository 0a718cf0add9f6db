"""Where code lives, and which way it imports; import-linter holds the layers (`pyproject.toml`)."""

import graphlib
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
LARGEST_FOLDER = 8  # modules

# Modules of sitegen whose test is not in the same place, and why.
TESTED_ELSEWHERE = {
    "builders/mkdocs_hook": "a list of event handlers, which every build runs: tests/site",
    "common/paths": "constants",
    "live/kernel": "runs in the browser's Python: tests/site/test_live.py",
    "live/display": "runs in the browser's Python: tests/site/test_live.py",
    "live/repack": "runs in Pyodide during a build: tests/site/test_live.py",
}


def modules(package: str) -> list[Path]:
    files = (ROOT / package).rglob("*.py")
    return sorted(file for file in files if file.name not in ("__init__.py", "__main__.py"))


@pytest.fixture(scope="module", params=["calcguide", "sitegen"])
def graph(request: pytest.FixtureRequest) -> grimp.ImportGraph:
    return grimp.build_graph(request.param, include_external_packages=True, cache_dir=None)


def test_no_files_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_the_package_imports_numpy_and_scipy_and_matplotlib_in_its_plots_only() -> None:
    graph = grimp.build_graph("calcguide", include_external_packages=True, cache_dir=None)
    others = {
        name
        for name in graph.modules
        if name.partition(".")[0] not in {"calcguide", *sys.stdlib_module_names}
    }
    assert {"numpy", "scipy", "matplotlib"} == others
    assert {"calcguide.plots"} == graph.find_modules_that_directly_import("matplotlib")


@pytest.mark.parametrize(
    "folder",
    sorted({file.parent for file in modules("sitegen")}),
    ids=lambda folder: folder.relative_to(ROOT).as_posix(),
)
def test_a_folder_is_small_enough_to_be_taken_in_at_a_glance(folder: Path) -> None:
    names = [file.stem for file in modules("sitegen") if file.parent == folder]
    assert len(names) <= LARGEST_FOLDER, names


@pytest.mark.parametrize(
    "module",
    [file.relative_to(ROOT / "sitegen").with_suffix("").as_posix() for file in modules("sitegen")],
)
def test_a_module_has_its_test_in_the_same_place(module: str) -> None:
    folder, _, name = f"sitegen/{module}".rpartition("/")
    test = Path("tests", folder, f"test_{name}.py")
    assert (ROOT / test).is_file() != (module in TESTED_ELSEWHERE), (
        f"{test} is missing, or {module} need not be in TESTED_ELSEWHERE"
    )


def test_what_is_tested_elsewhere_exists() -> None:
    files = {f"{module}.py" for module in TESTED_ELSEWHERE}
    assert set() == {file for file in files if not (ROOT / "sitegen" / file).is_file()}
