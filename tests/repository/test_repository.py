"""The repository holds together: locks, metadata, workflows and documents say the same."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import calcguide
from sitegen.pages.comparison import check

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILES = sorted(
    path.relative_to(ROOT / "calcguide")
    for path in (ROOT / "calcguide").rglob("*.py")
    if not path.name.startswith("_")
)
PACKAGES = sorted(path.parent.name for path in (ROOT / "calcguide").glob("*/__init__.py"))
PUBLIC = sorted([*(path.stem for path in FILES if path.parent == Path()), *PACKAGES])
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    ".ci/run",
    *(w.relative_to(ROOT).as_posix() for w in WORKFLOWS),
]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    """The make targets that a user may call."""
    return set(re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)[1].split())


def locked(name: str, python: dict[str, str] | None = None) -> dict[str, Requirement]:
    """The requirements of a lock by name, those of this system only."""
    lines = re.findall(r"^(\S+==[^\\\n]+?) *\\?$", text(f"requirements/{name}"), re.MULTILINE)
    pins = map(Requirement, lines)
    return {
        canonicalize_name(pin.name): pin
        for pin in pins
        if not pin.marker or pin.marker.evaluate(python)
    }


def needed(root: Requirement) -> dict[str, list[Requirement]]:
    """All that ``root`` asks for, directly or through others, as the installed packages say."""
    found: dict[str, list[Requirement]] = {}
    waiting, seen = [root], set()
    while waiting:
        asking = waiting.pop()
        if str(asking) in seen:
            continue
        seen.add(str(asking))
        for line in metadata.requires(asking.name) or []:
            requirement = Requirement(line)
            extras = asking.extras or {""}
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras
            ):
                found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
                waiting.append(requirement)
    return found


def test_the_lock_holds_exactly_what_the_metadata_asks_for():
    pins = locked("dev.txt")
    wanted = needed(Requirement("calcguide[test,site,dev]"))

    assert sorted(wanted) == sorted(pins), "run make lock"
    for name, requirements in wanted.items():
        version = next(iter(pins[name].specifier)).version
        for requirement in requirements:
            assert requirement.specifier.contains(version, prereleases=True), (
                f"{requirement} is not fulfilled by the locked {version}: run make lock"
            )


def test_the_site_is_published_with_the_versions_it_is_tested_with():
    tested = locked("dev.txt")
    assert {name: str(tested[name]) for name in locked("site.txt")} == {
        name: str(pin) for name, pin in locked("site.txt").items()
    }


def test_signatures_are_laid_out_by_the_formatter_that_is_tested():
    formatters = {"black", "ruff"}  # mkdocstrings takes what is installed
    assert {"ruff"} == formatters & set(locked("dev.txt"))
    assert {"ruff"} == formatters & set(locked("site.txt"))


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_lowest_lock_holds_the_lower_bounds_of_the_package(version: str):
    python = {"python_version": version, "python_full_version": f"{version}.0"}
    bounds: dict[str, Version] = {}
    for requirement in map(Requirement, PYPROJECT["project"]["dependencies"]):
        if requirement.marker is None or requirement.marker.evaluate(python):
            bound = Version(next(iter(requirement.specifier)).version)
            bounds[requirement.name] = max(bound, bounds.get(requirement.name, bound))
    lowest = locked("lowest.txt", python)
    found = {name: Version(next(iter(lowest[name].specifier)).version) for name in bounds}
    assert {name: bound.release[:2] for name, bound in bounds.items()} == {
        name: version.release[:2] for name, version in found.items()
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_hashes_but_no_index(lock: Path):
    entries = re.split(r"^(?=\S+==)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"\S*://\S*|--(?:extra-)?index\S*|--find-links\S*", "".join(entries)) == []


def test_the_npm_lock_names_hashes_but_no_registry():
    packages = json.loads(text("package-lock.json"))["packages"]
    del packages[""]
    assert packages
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version_beside(workflow: Path):
    uses = re.findall(r"uses: *(.*)", workflow.read_text(encoding="utf-8"))
    assert uses
    assert [use for use in uses if not re.fullmatch(r"\S+@[0-9a-f]{40} # v[\d.]+", use)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_grant_nothing_by_default_and_end_in_time(workflow: Path):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert content["permissions"] == {}
    assert [name for name, job in content["jobs"].items() if "timeout-minutes" not in job] == []


def test_the_required_job_waits_for_all_others():
    jobs = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]
    assert set(jobs) - {"required"} == set(jobs["required"]["needs"])
    assert jobs["required"]["if"] == "always()"


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")
    jobs = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]
    assert oldest == jobs["tests"]["strategy"]["matrix"]["python"][0]
    assert f"--python-version {oldest}" in text("Makefile")
    assert f"py{oldest.replace('.', '')}" == PYPROJECT["tool"]["ruff"]["target-version"]
    assert f"Python {oldest} or newer" in text("README.md")


def test_the_version_is_the_same_everywhere():
    version = PYPROJECT["project"]["version"]
    assert version == calcguide.__version__
    assert version == yaml.safe_load(text("CITATION.cff"))["version"]
    assert version == re.search(r"^## \[(\d[^]]*)\]", text("CHANGELOG.md"), re.MULTILINE)[1]


def test_the_readme_names_every_make_target():
    assert targets() - set(re.findall(r"\bmake ([a-z-]+)", text("README.md"))) == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_given_exists(name: str):
    commands = re.findall(r"(?:`|^ *(?:- run: )?)make ([a-z-]+)", text(name), re.MULTILINE)
    assert set(commands) - targets() == set()


def test_the_example_page_for_contributors_keeps_the_contract(tmp_path: Path):
    page = tmp_path / "example.md"
    page.write_text(
        re.search(r"^````markdown\n(.*?)^````$", text("CONTRIBUTING.md"), re.M | re.S)[1]
    )
    _, run, problems = check(page)
    assert problems == []
    assert [len(outcome.figures) for outcome in run.outcomes] == [0, 1, 0]


@pytest.mark.parametrize("file", FILES, ids=Path.as_posix)
def test_a_module_has_its_test(file: Path):
    assert (ROOT / "tests/calcguide" / file.with_name(f"test_{file.name}")).is_file()


@pytest.mark.parametrize("module", PUBLIC)
def test_a_module_has_its_page(module: str):
    assert f"::: calcguide.{module}\n" in text(f"docs/reference/{module}.md")
    assert f" reference/{module}.md\n" in text("mkdocs.yml")


@pytest.mark.parametrize("module", PUBLIC)
def test_importing_a_module_does_not_import_matplotlib(module: str):
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, calcguide.{module}; print(*sys.modules, sep='\\n')"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    assert f"calcguide.{module}" in loaded
    assert "matplotlib" not in loaded


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True
    )
    return folder


def test_the_wheel_holds_the_package_with_its_types_and_data(built: Path):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        description = next(name for name in names if name.endswith(".dist-info/METADATA"))
        fields = archive.read(description).decode()

    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "calcguide").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package == {name for name in names if ".dist-info/" not in name}
    assert "calcguide/py.typed" in package
    assert any(name.startswith("calcguide/data/") and name.endswith(".csv") for name in package)
    assert "License-Expression: MIT AND LicenseRef-MovieLens\n" in fields
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_sdist_holds_what_is_needed_to_build_and_test(built: Path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in [
        "calcguide/py.typed",
        "tests/repository/test_repository.py",
        "Makefile",
        "mkdocs.yml",
    ]:
        assert name in names
    assert not {name.split("/")[0] for name in names} & {".venv", ".cache", "node_modules", "site"}
