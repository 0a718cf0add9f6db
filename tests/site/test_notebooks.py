"""The notebooks of the built site: run where nothing else is installed, and shown like the site."""

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import metadata, version
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

from sitegen.notebooks.addresses import COLAB, SITE, file_of_notebook, uri_of_notebook, uri_of_page
from sitegen.pages.comparison import agree
from sitegen.pages.contract import read
from sitegen.pages.sources import page_files
from tests.once import once

ROOT = Path(__file__).parents[2]
PAGES = {
    notebook: path
    for path in page_files(Path("docs"))
    if (notebook := uri_of_notebook(path.relative_to("docs").as_posix()))
}
INSTALL = re.compile(r'%pip install --quiet ("?)(\S+)\1')


# pip as it is where nothing but the site can be reached.
WITHOUT_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


def installed(site: Path, notebook: str) -> list[str]:
    """Return what the first cell of a notebook asks pip for: the package first."""
    return [name for _, name in INSTALL.findall(published(site, notebook).cells[0].source)]


def python_of(folder: Path) -> Path:
    return folder / "environment" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def published(site: Path, notebook: str) -> Any:
    return nbformat.read(site / file_of_notebook(notebook), as_version=4)


# Run


def without_calcguide(site: Path, folder: Path) -> None:
    """Make a folder where Jupyter finds a kernel that has the dependencies of the notebooks, but not calcguide.

    Its pip knows no index: a first cell has to install calcguide from the site.
    """
    python = python_of(folder)
    wanted = {name for notebook in PAGES for name in installed(site, notebook)[1:]}
    wanted |= {
        line
        for line in metadata("calcguide").get_all("Requires-Dist")
        if Requirement(line).marker is None  # not those of an extra
    }
    uv = [sys.executable, "-m", "uv", "--quiet"]
    for command in (
        [*uv, "venv", "--seed", "--python", sys.executable, folder / "environment"],
        [*uv, "pip", "install", "--python", python, "--constraint", ROOT / "requirements/dev.txt",
         "ipykernel", *sorted(wanted)],
    ):  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    environment = WITHOUT_INDEX | {"PYTHONWARNINGS": ""}
    command = [str(python), "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "Clean", "language": "python", "env": environment}
    specification = folder / "kernels/clean/kernel.json"
    specification.parent.mkdir(parents=True)
    specification.write_text(json.dumps(kernel), encoding="utf-8")


def execute(notebook: Any, jupyter: Path, folder: Path) -> Any:
    """Return a copy of a notebook whose outputs are those of a new run."""
    fresh = nbformat.from_dict(json.loads(nbformat.writes(notebook)))
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    file = folder / "fresh.ipynb"
    nbformat.write(fresh, file)
    client = [sys.executable, "-c", "from nbclient.cli import main; main()"]
    run = subprocess.run(
        [*client, "--kernel_name=clean", "--timeout=300", "--inplace", file],
        cwd=folder,
        env={**os.environ, "JUPYTER_PATH": str(jupyter)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == run.returncode, run.stderr
    return nbformat.read(file, as_version=4)


def stream(cell: Any, name: str) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == name)


def raised(cell: Any) -> list[str]:
    return [f"{o.ename}: {o.evalue}" for o in cell.outputs if o.output_type == "error"]


def drawn(cell: Any) -> int:
    return sum(any(key.startswith("image/") for key in o.get("data", {})) for o in cell.outputs)


@pytest.fixture(scope="session")
def jupyter(site: Path, address: str, shared_folder: Path) -> Path:
    """Run a first cell where calcguide is missing; return the same kernel, which has it now."""

    def install(folder: Path) -> None:
        without_calcguide(site, folder)
        where = nbformat.v4.new_code_cell("print(find_spec('calcguide') is not None)")
        without = nbformat.v4.new_notebook()
        without.cells = [nbformat.v4.new_code_cell("from importlib.util import find_spec"), where]
        assert "False\n" == stream(execute(without, folder, folder).cells[1], "stdout")
        first = published(site, next(iter(PAGES))).cells[0]
        first.source = first.source.replace(SITE, address)
        with_first = nbformat.v4.new_notebook(cells=[first, where])
        assert "True\n" == stream(execute(with_first, folder, folder).cells[1], "stdout")

    return once(shared_folder / "jupyter", install)


@pytest.mark.parametrize("notebook", PAGES)
def test_a_notebook_does_in_a_clean_environment_what_its_page_says(
    site: Path, jupyter: Path, tmp_path: Path, notebook: str
) -> None:
    wanted = published(site, notebook)
    got = execute(wanted, jupyter, tmp_path)
    differing = []
    for old, new in zip(wanted.cells, got.cells, strict=True):
        if old.cell_type != "code":
            continue
        texts = stream(old, "stdout"), stream(new, "stdout")
        if not agree(*texts) or raised(old) != raised(new) or drawn(old) != drawn(new):
            differing.append(f"{old.source}\nwanted: {old.outputs}\ngot: {new.outputs}")
        if warning := stream(new, "stderr"):
            differing.append(f"{old.source}\nwarns: {warning}")
    assert not differing, "\n\n".join(differing)


# What the first cell installs


@pytest.mark.parametrize("notebook", PAGES)
def test_the_hash_in_a_first_cell_is_that_of_the_file_on_the_site(
    site: Path, notebook: str
) -> None:
    address, _, digest = installed(site, notebook)[0].partition("#sha256=")
    file = site / address.removeprefix(SITE)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    assert f"calcguide-{version('calcguide')}-py3-none-any.whl" == file.name


def test_pip_refuses_a_wheel_that_has_been_changed(
    site: Path, jupyter: Path, tmp_path: Path
) -> None:
    address, _, digest = installed(site, next(iter(PAGES)))[0].partition("#")
    original = site / address.removeprefix(SITE)
    file = tmp_path / original.name
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.infolist():  # a wheel like any other, but not the same bytes
            new.writestr(member, old.read(member), zipfile.ZIP_STORED)

    def install(address: str) -> "subprocess.CompletedProcess[str]":
        target = ["--no-deps", "--target", tmp_path / "target"]
        return subprocess.run(
            [python_of(jupyter), "-m", "pip", "install", *target, address],
            env={**os.environ, **WITHOUT_INDEX},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        served = f"http://127.0.0.1:{server.server_port}/{file.name}"
        refused = install(f"{served}#{digest}")
        taken = install(served)
        server.shutdown()
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert 0 != refused.returncode
    assert 0 == taken.returncode, f"it is the hash that is wrong: {taken.stderr}"


# Shown and offered


def test_there_are_notebooks() -> None:
    assert len(PAGES) >= 5


@pytest.mark.parametrize("notebook", PAGES)
def test_a_published_notebook_is_valid_and_as_its_page(site: Path, notebook: str) -> None:
    content = published(site, notebook)
    nbformat.validate(content)
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    snippets = [s for s in read(PAGES[notebook]).snippets if s.skip_reason is None]
    for snippet, cell in zip(snippets, cells[1:], strict=True):
        assert snippet.promised("output") == stream(cell, "stdout")
        assert len(snippet.figures) == drawn(cell)
        for output in cell.outputs:
            if "data" in output:
                assert "<svg" in output.data["image/svg+xml"]
                assert len(output.data["text/plain"]) > 20, "it says what is to be seen"


def html(site: Path, uri: str) -> str:
    folder = re.sub(r"\.(md|ipynb)$", "", uri)
    return (site / folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("notebook", PAGES)
def test_a_page_offers_its_notebook_below_its_heading(site: Path, notebook: str) -> None:
    page = html(site, uri_of_page(notebook))
    name = Path(notebook).stem
    (line,) = re.findall(r'</h1><p class="page-actions[^>]*>(.*?)</p>', page, re.DOTALL)
    links = re.findall(
        r'<a href="([^"]*)"( download\b)?[^>]*>.*?</svg>\s*([^<]+)</a>', line, re.DOTALL
    )
    folder = f"../../notebooks/{Path(uri_of_page(notebook)).parent}/{name}/"
    assert [
        (folder, "", "View as notebook"),
        (f"{folder}{name}.ipynb", " download", "Download"),
        (COLAB + file_of_notebook(notebook), "", "Open in Colab"),
    ] == links
    assert f'href="../{name}.md"' in line


def test_only_pages_with_a_notebook_offer_one(site: Path) -> None:
    offering = {
        file.parent.relative_to(site).as_posix()
        for file in site.rglob("index.html")
        if "Open in Colab" in file.read_text(encoding="utf-8")
    }
    with_notebook = {notebook.removesuffix(".ipynb") for notebook in PAGES}
    assert with_notebook | {name.removeprefix("notebooks/") for name in with_notebook} == offering


def test_colab_finds_the_notebooks_on_the_branch_to_which_they_are_pushed() -> None:
    publish = (ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(publish)["jobs"]
    assert {"contents": "write"} == jobs["notebooks"]["permissions"]
    assert jobs["notebooks"]["steps"][-1]["run"].rstrip().endswith('.git" notebooks')
    assert COLAB.endswith("/calcguide/calcguide/blob/notebooks/")
    uploads = [
        step["with"]
        for step in jobs["build"]["steps"]
        if "upload-artifact@" in step.get("uses", "")
    ]
    assert "site/**/*.ipynb" in [upload["path"] for upload in uploads]


@pytest.mark.parametrize("notebook", PAGES)
def test_a_notebook_is_shown_whole(site: Path, notebook: str) -> None:
    page = html(site, notebook)
    shown = page[page.index('<div class="notebook">') :]
    content = published(site, notebook)
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    blocks = re.findall(r'<div class="language-(\w+) highlight', shown)
    texts = [o for cell in code for o in cell.outputs if o.output_type in ("stream", "error")]
    assert {"python": len(code), "text": len(texts)} == {
        k: blocks.count(k) for k in ("python", "text")
    }
    assert 2 * sum(map(drawn, code)) == len(re.findall(r"<img [^>]*#only-(?:light|dark)", shown))
    prompts = re.findall(r'<span class="filename input">([^<]*)</span>', shown)
    assert [f"In [{cell.execution_count or ' '}]" for cell in code] == prompts
    headings = [
        line
        for cell in content.cells
        if cell.cell_type == "markdown"
        for line in re.findall(
            r"^#+ .*", re.sub(r"(?ms)^```.*?^```$", "", cell.source), re.MULTILINE
        )
    ]
    assert len(headings) == len(re.findall(r"<h[1-6]\b", page[page.index("<article") :]))


@pytest.mark.parametrize("notebook", PAGES)
def test_the_page_of_a_notebook_is_as_light_as_that_of_its_original(
    site: Path, notebook: str
) -> None:
    """What its converter brings, a style sheet of half a megabyte and scripts, is not there."""
    shown, original = html(site, notebook), html(site, uri_of_page(notebook))
    for tag in ("style", "script"):
        opening = rf"<{tag}\b"
        assert len(re.findall(opening, shown)) <= len(re.findall(opening, original)) + 1
    assert "jp-" not in shown
    assert "mathjax" not in shown.lower()
    assert "mermaid" not in shown.lower()
    sheets = [
        re.findall(r'rel="stylesheet" href="[./]*([^"]*)"', page) for page in (original, shown)
    ]
    assert sheets[0] == sheets[1]
    sizes = [len(gzip.compress(page.encode())) for page in (original, shown)]
    assert sizes[1] <= 1.15 * sizes[0]


def test_notebooks_are_no_pages_of_their_own_to_those_who_search(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    assert [] == [d["location"] for d in index["docs"] if d["location"].startswith("notebooks/")]
    site_map = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{SITE}tutorials/gradient-descent/</loc>" in site_map
    assert "notebooks/" not in site_map
