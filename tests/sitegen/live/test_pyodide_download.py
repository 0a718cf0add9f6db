"""The runtime's files come from where they can be had, and only the official ones are accepted."""

import hashlib
import re
from pathlib import Path

import pytest

from sitegen.live import pyodide_download
from sitegen.live.pyodide_download import Distribution, fetch, official

ROOT = Path(__file__).parents[3]
CONTENT = b"the official file"
WANTED = Distribution(
    {"version": "0.0.1"},
    {"a": {"file_name": "a.whl", "sha256": hashlib.sha256(CONTENT).hexdigest(), "depends": []}},
)


@pytest.mark.usefixtures("npm")
def test_the_first_source_that_has_a_file_is_the_last_that_is_asked(tmp_path, offer):
    asked = offer(None, CONTENT, CONTENT)
    assert fetch(WANTED, tmp_path / "out", [].append)
    assert CONTENT == (tmp_path / "out/a.whl").read_bytes()
    assert {"a.whl", *pyodide_download.CORE} == {file.name for file in (tmp_path / "out").iterdir()}
    assert ["source 0", "source 1"] == asked


@pytest.mark.usefixtures("npm")
def test_a_file_with_another_hash_is_not_taken(tmp_path, offer):
    offer(b"tampered with")
    said: list[str] = []
    assert not fetch(WANTED, tmp_path / "out", said.append)
    assert not (tmp_path / "out/a.whl").exists()
    assert any("its hash differs" in line for line in said)


@pytest.mark.usefixtures("npm")
@pytest.mark.parametrize("damaged", [b"", CONTENT[:8], CONTENT + b"!"])
def test_a_damaged_file_of_an_earlier_build_is_fetched_again(tmp_path, offer, damaged):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.whl").write_bytes(damaged)
    offer(CONTENT)
    assert fetch(WANTED, tmp_path / "out", [].append)
    assert CONTENT == (tmp_path / "out/a.whl").read_bytes()


def test_a_mirror_is_asked_before_the_network(tmp_path, monkeypatch):
    (tmp_path / "a.whl").write_bytes(CONTENT)
    monkeypatch.setenv("PYODIDE_MIRROR", str(tmp_path))
    place, read = next(pyodide_download._sources("0.0.1"))
    assert str(tmp_path) == place
    assert [("a.whl", CONTENT)] == list(read(["a.whl", "b.whl"]))


def test_a_package_in_python_alone_is_the_one_that_the_tests_use():
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    for name, package in pyodide_download.PURE.items():
        (requirement,) = re.findall(rf"^{name}==(.*\n(?: .*\n)*)", lock, re.MULTILINE)
        assert package["version"] == requirement.split()[0], f"update {name} in PURE"
        assert f"--hash=sha256:{package['sha256']}" in requirement
    assert pyodide_download.PURE["autograd"].items() <= official().packages["autograd"].items()


def test_the_index_is_asked_for_packages_in_python_alone(monkeypatch):
    asked: list[str] = []

    def download(requirement: str) -> bytes:
        asked.append(requirement)
        return CONTENT

    monkeypatch.setattr(pyodide_download, "_download", download)
    autograd = pyodide_download.PURE["autograd"]
    file = autograd["file_name"]
    assert [(file, CONTENT)] == list(pyodide_download._from_index(["a.whl", file]))
    assert [] == list(pyodide_download._from_index(["a.whl"]))
    assert [f"autograd=={autograd['version']}"] == asked


def test_the_official_lock_is_cut_down_to_what_is_wanted():
    wanted = official(ROOT / "node_modules/pyodide/pyodide-lock.json", ["matplotlib"])
    assert {"matplotlib", "numpy", "pillow"} <= wanted.packages.keys()
    assert not {"scipy", "fonttools", "matplotlib-pyodide"} & wanted.packages.keys()
    named = {name for package in wanted.packages.values() for name in package["depends"]}
    assert named <= wanted.packages.keys()
