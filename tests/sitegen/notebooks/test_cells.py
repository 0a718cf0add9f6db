"""A notebook says what its page says: the same prose, code and promises, for Jupyter and Colab."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from sitegen.live.wheel import Wheel
from sitegen.notebooks.addresses import SITE
from sitegen.notebooks.cells import to_open, to_show
from sitegen.pages.contract import Page, read
from sitegen.runs.run import carry_out, plan

ROOT = Path(__file__).parents[3]
URI = "tutorials/sample.md"
Derive = Callable[..., dict[str, Any]]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(notebook: dict[str, Any]) -> list[str]:
    return [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def test_the_first_cell_installs_what_the_page_imports_and_others_may_lack(
    derived: Derive, package: Wheel
) -> None:
    first = derived()["cells"][0]
    assert "code" == first["cell_type"]
    install = re.compile(r'if find_spec\("(\w+)"\) is None:\n    %pip install --quiet (\S+)')
    digest = hashlib.sha256(b"a wheel").hexdigest()
    name = "calcguide-1.2.3-py3-none-any.whl"
    address = f'"{SITE}assets/live/{digest[:10]}/{name}#sha256={digest}"'
    # What is skipped is not run, and so needs nothing.
    assert [("calcguide", address), ("sklearn", "scikit-learn")] == install.findall(source(first))


def test_snippets_become_cells_with_what_they_print_raise_and_draw(derived: Derive) -> None:
    one, figure, error, solution = code(derived())[1:]
    assert source(one).endswith("\n\nprint(np.ones(2))")
    assert [{"name": "stdout", "output_type": "stream", "text": ["[1. 1.]\n"]}] == one["outputs"]
    assert ["7\n"] == solution["outputs"][0]["text"]
    assert [1, 2, 3, 4] == [cell["execution_count"] for cell in (one, figure, error, solution)]

    (drawn,) = figure["outputs"]
    assert "display_data" == drawn["output_type"]
    assert ["A line that rises by < 2"] == drawn["data"]["text/plain"]
    svg = "".join(drawn["data"]["image/svg+xml"])
    assert 'aria-label="A line that rises by &lt; 2"' in svg
    assert 'fill="#ffffff"' in svg, "it is to be seen on a dark ground"

    assert ["raises-exception"] == error["metadata"]["tags"]
    (raised,) = error["outputs"]
    assert ("IndexError", "list index out of range") == (raised["ename"], raised["evalue"])
    assert not any("tags" in cell["metadata"] for cell in (one, figure, solution))


def test_solutions_are_folded_where_a_heading_ends_them(derived: Derive) -> None:
    notebook = derived()
    cells = prose(notebook)
    at = cells.index("## Exercises")
    assert [
        "### 1. Why?\n\nSay why $x^2$\nis even.",
        "#### Solution 1",
        "Because.",
        "### 2. And\n\nwho asks?\n\n**Solution 2**\n\nYou.\n\nSomething that is not to be hidden.",
        "## Further reading\n\n- A book.",
    ] == cells[at + 1 :]
    (folded,) = [c for c in notebook["cells"] if c["metadata"].get("jp-MarkdownHeadingCollapsed")]
    assert "#### Solution 1" == source(folded)
    assert [folded["metadata"]["id"]] == notebook["metadata"]["colab"]["collapsed_sections"]


def test_a_change_renames_no_other_cell(derived: Derive, sample: str) -> None:
    before = {source(cell): cell["id"] for cell in derived()["cells"]}
    other = sample.replace("And on it goes.", "A new thought.\n\n    # Of its own")
    after = derived(other)
    renamed = [source(c) for c in after["cells"] if before.get(source(c), c["id"]) != c["id"]]
    assert [] == renamed
    assert len(set(before) & {source(cell) for cell in after["cells"]}) == len(before) - 1


def test_the_shown_notebook_has_the_figures_and_formulas_of_the_page(
    tmp_path: Path, sample: str, svg: str, package: Wheel
) -> None:
    file = tmp_path / "sample.md"
    file.write_text(sample, encoding="utf-8")
    shown = json.loads(to_show(read(file), URI, {"rising": svg}, package))
    (drawn,) = code(shown)[2]["outputs"]
    (html,) = drawn["data"]["text/html"]
    images = re.findall(r'<img src="([^"]*)" alt="([^"]*)" width="576" height="384"', html)
    path, alt = "../../../tutorials/figures/rising", "A line that rises by &lt; 2"
    assert [(f"{path}.svg#only-light", alt), (f"{path}-dark.svg#only-dark", alt)] == images
    text = "\n".join(prose(shown))
    assert '<span class="arithmatex">&#92;&#40;x&#94;2&#92;&#41;</span>' in text
    assert '<div class="arithmatex">&#92;&#91;a &#61; b&#92;&#93;</div>' in text


def test_the_notebook_of_a_page_holds_all_of_it(page: Page, svg: str, package: Wheel) -> None:
    names = [figure.name for snippet in page.snippets for figure in snippet.figures]
    uri = page.path.relative_to("docs").as_posix()
    drawings = dict.fromkeys(names, svg)
    text = to_open(page, uri, drawings, package)
    assert text == to_open(page, uri, drawings, package), "the same bytes"
    notebook = json.loads(text)
    nbformat.validate(notebook)
    cells = code(notebook)[1:]
    run = [snippet for snippet in page.snippets if snippet.skip_reason is None]
    assert [snippet.source.rstrip("\n") for snippet in run] == [source(cell) for cell in cells]
    for snippet, cell in zip(run, cells, strict=True):
        kinds = [output["output_type"] for output in cell["outputs"]]
        assert bool(snippet.output) == ("stream" in kinds)
        assert bool(snippet.error) == ("error" in kinds)
        assert len(snippet.figures) == kinds.count("display_data")
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))


def test_only_what_has_changed_is_derived_again(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "tutorials"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        page = f'# {name}\n\nProse.\n\n```python\nprint("{name}")\n```\n\n```text title="Output"\n{name}\n```\n'
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
    (folder.parent / "index.md").write_text("# Home\n\n```python\nx = 1\n```\n", encoding="utf-8")
    cache = tmp_path / "cache"
    expected = [f"notebooks/tutorials/{name}.ipynb" for name in ("one", "two")]

    def state() -> dict[str, tuple[int, str]]:
        found = plan(folder.parent, cache)
        assert expected == found.notebooks
        carry_out(found, lambda message: None)
        files = sorted(cache.rglob("*.ipynb"))
        return {
            str(file.relative_to(cache)): (file.stat().st_ino, file.read_text(encoding="utf-8"))
            for file in files
        }

    first = state()
    assert 4 == len(first)
    assert first == state()
    text = (folder / "one.md").read_text(encoding="utf-8")
    (folder / "one.md").write_text(text.replace("Prose.", "Other prose."), encoding="utf-8")
    second = state()
    assert {"one"} == {Path(name).stem for name in first if first[name] != second[name]}
    assert "Other prose." in second["site/notebooks/tutorials/one.ipynb"][1]


def test_a_cell_that_raises_fails_the_build(build_folder: Path) -> None:
    files = {
        "mkdocs.yml": f"site_name: A site\nsite_url: {SITE}\nhooks: [{ROOT / 'sitegen/builders/mkdocs_hook.py'}]\n"
        'plugins: [mkdocs-jupyter: {execute: false, include: ["shown/notebooks/*/*.ipynb"]}]\n',
        "docs/index.md": "# Home\n",
        "docs/tutorials/as-it-should-be.md": "# Runs\n\n```python\nx = 0\n```\n",
        "docs/tutorials/failing.md": "# Failing\n\n```python\nx = 0\nprint(1 / x)\n```\n",
    }
    for name, text in files.items():
        (build_folder / name).parent.mkdir(parents=True, exist_ok=True)
        (build_folder / name).write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"],
        cwd=build_folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 != run.returncode
    assert "failing.md:5: the snippet fails at `print(1 / x)`" in run.stderr
    assert "ZeroDivisionError" in run.stderr
    assert "as-it-should-be" not in run.stderr
    assert [] == list(build_folder.rglob("failing*.ipynb"))
    assert not (build_folder / "site/notebooks").exists()
