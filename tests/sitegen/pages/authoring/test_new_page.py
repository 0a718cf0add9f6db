"""A page begun by ``make new-page`` passes its own tests and the strict build as it is."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sitegen.pages.authoring.linting import lint
from sitegen.pages.authoring.new_page import KINDS, new_page
from sitegen.pages.contract import read

yaml = pytest.importorskip("yaml")
pytest.importorskip("ruff")

ROOT = Path(__file__).parents[4]
NAV = """\
nav:
  - Home: index.md  # first
  - Tutorials:
      - Old: tutorials/old.md

  - Case studies:
      - Overview: cases/index.md  # last
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of its own: ours must stay as it is."""
    for name in ("index.md", "tutorials/old.md", "tutorials/gradient-descent.md", "cases/index.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(f"# Page {name}\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(NAV, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_page_passes_its_tests(project: Path, kind: str) -> None:
    page = new_page("newtons-method", "Newton's method", kind, project)
    assert page == project / "docs" / kind / "newtons-method.md"
    assert 0 == lint([page])
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pages", str(page.parent),
         "tests/pages/test_pages.py", "-k", "newtons-method"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert 0 == tested.returncode, tested.stdout
    assert "3 passed" in tested.stdout, "the page has not been found"


def test_a_new_page_passes_the_strict_build(small_site: Any) -> None:
    # The skeleton of a case links to this tutorial.
    small_site.write("tutorials/gradient-descent.md", "# Gradient descent\n")
    config = small_site.root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("tutorials/first", "tutorials/gradient-descent"), "utf-8")
    (small_site.docs / "tutorials/first.md").unlink()
    for kind in KINDS:
        new_page(f"new-in-{kind}", f"New in {kind}", kind, small_site.root)
    built = small_site.build()
    assert 0 == built.returncode, built.stdout + built.stderr
    for kind in KINDS:
        html = (small_site.site / kind / f"new-in-{kind}" / "index.html").read_text("utf-8")
        assert 'class="katex"' in html
        assert f"figures/new-in-{kind}.svg" in html
        assert (small_site.site / kind / f"figures/new-in-{kind}.svg").is_file()
        assert f"<h1>New in {kind}" in re.sub(r"<h1[^>]*>", "<h1>", html)


@pytest.mark.parametrize("kind", KINDS)
def test_the_navigation_gains_one_line_and_keeps_the_rest(kind: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    before = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(before, encoding="utf-8")
    new_page("newtons-method", "Newton: why it is fast", kind, tmp_path)
    after = (tmp_path / "mkdocs.yml").read_text(encoding="utf-8")
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [f'      - "Newton: why it is fast": {kind}/newtons-method.md'] == added
    assert before == after.replace(added[0] + "\n", "")

    class Loader(yaml.SafeLoader):
        """Reads what MkDocs reads, whatever its tags are."""

    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    nav = yaml.load(after, Loader)["nav"]
    (section,) = [item[KINDS[kind]] for item in nav if KINDS[kind] in item]
    assert {"Newton: why it is fast": f"{kind}/newtons-method.md"} == section[-1]


@pytest.mark.parametrize(
    ("name", "title", "kind", "message"),
    [
        ("Newton", "Newton", "tutorials", "NAME is 'Newton'; lower-case words"),
        ("../evil", "Evil", "tutorials", "NAME is '../evil'"),
        ("", "Nothing", "tutorials", "NAME is ''"),
        ("newton", "", "tutorials", "TITLE is ''; plain words"),
        ("newton", "two\nlines", "tutorials", "TITLE is 'two"),
        ("newton", "a `b`", "tutorials", "TITLE is 'a `b`'"),
        ("old", "Older", "tutorials", "NAME is 'old', which .*tutorials/old.md has already"),
        ("old", "Older", "cases", "NAME is 'old', which .*tutorials/old.md has already"),
        ("older", "Old", "cases", "TITLE is 'Old', which mkdocs.yml has already"),
        ("newton", "Newton", "essays", "KIND is 'essays'; it can be tutorials or cases"),
    ],
)
def test_what_will_not_do_is_refused_before_anything_is_written(
    project: Path, name: str, title: str, kind: str, message: str
) -> None:
    def state() -> dict[Path, str]:
        return {path: path.read_text() for path in project.rglob("*") if path.is_file()}

    before = state()
    with pytest.raises(ValueError, match=message):
        new_page(name, title, kind, project)
    assert before == state()


def test_without_its_section_in_the_navigation_nothing_is_written(project: Path) -> None:
    (project / "mkdocs.yml").write_text("nav: []\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no section 'Tutorials'"):
        new_page("newton", "Newton", "tutorials", project)
    assert not (project / "docs/tutorials/newton.md").exists()


def test_the_command_says_what_to_do_next(project: Path) -> None:
    command = [sys.executable, "-m", "sitegen", "new-page", "newton", "--title", "Newton"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for code, words in ((0, [".venv/bin/pytest -k newton", "make serve"]), (2, ["choose another"])):
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert code == done.returncode, done.stderr
        assert [] == [word for word in words if word not in done.stdout + done.stderr]


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_has_the_parts_that_every_page_has(project: Path, kind: str) -> None:
    page = read(new_page("new", "New", kind, project))
    assert not re.search("@[A-Z]+@", page.text)
    for part in ("What you will learn", "What you need", "## Exercises", "## Further reading"):
        assert part in page.text


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_configuration_that_is_a_link_stays_one(project: Path) -> None:
    linked, target = project / "mkdocs.yml", project / "settings.yml"
    linked.rename(target)
    linked.symlink_to(target)
    new_page("newton", "Newton", "tutorials", project)
    assert linked.is_symlink()
    assert "- Newton: tutorials/newton.md" in target.read_text(encoding="utf-8")
