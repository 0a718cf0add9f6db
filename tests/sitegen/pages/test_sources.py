"""The sources of pages are the files that MkDocs takes for pages, read as it reads them."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from sitegen.pages.contract import read
from sitegen.pages.sources import page_files, page_text

PAGE = "# A page\n"
# What editors, file systems and notebook servers leave, and what is a page in spite of its name.
OTHERS = [
    "._index.md", ".index.md.swp", ".page.md", "index.md~", "#index.md#", "index.md.orig", "4913", "index.txt",
    ".ipynb_checkpoints/index-checkpoint.md", "part/.hidden/page.md", ".git/notes.md", "templates/page.md",
    "README.md",
]  # fmt: skip
PAGES = ["index.md", "part/README.md", "part/templates/page.md", "part/~page.md", "part/a.b.md"]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name in (*OTHERS, *PAGES):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGE, encoding="utf-8")
    (folder / ".#index.md").symlink_to("someone@somewhere.1234")
    (folder / ".#index").symlink_to("someone@somewhere.1234")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked.md").write_text(PAGE, encoding="utf-8")
    (folder / "links").symlink_to(elsewhere)
    return folder


def names(docs: Path, paths: Iterable[Path]) -> list[str]:
    return sorted(path.relative_to(docs).as_posix() for path in paths)


def taken_by_mkdocs(docs: Path) -> list[str]:
    # Those who test pages without building the site do not have it.
    load_config = pytest.importorskip("mkdocs.config.base").load_config
    get_files = pytest.importorskip("mkdocs.structure.files").get_files
    settings = docs.parent / "mkdocs.yml"
    if not settings.exists():
        settings.write_text("site_name: Test\n", encoding="utf-8")
    config = load_config(str(settings), docs_dir=str(docs), site_dir=str(docs.parent / "site"))
    found = get_files(config)
    return sorted(
        file.src_uri
        for file in found
        if file.inclusion.is_included() and file.is_documentation_page()
    )


@pytest.mark.parametrize(
    "excluded",
    [
        "",
        "# exclude_docs: part/\n",
        "exclude_docs: |\n  part/\n  !/part/README.md\n",
        "exclude_docs: |\n  ~*\n  !.page.md\n",
    ],
    ids=["by default", "in a comment", "a folder", "by pattern"],
)
def test_pages_are_those_of_mkdocs(docs: Path, excluded: str) -> None:
    (docs.parent / "mkdocs.yml").write_text(f"site_name: Test\n{excluded}", encoding="utf-8")
    assert taken_by_mkdocs(docs) == names(docs, page_files(docs))


def test_files_of_editors_are_no_pages(docs: Path) -> None:
    assert sorted([*PAGES, "links/linked.md"]) == names(docs, page_files(docs))


def test_a_link_that_leads_nowhere_is_left_to_mkdocs(docs: Path) -> None:
    (docs / "lost.md").symlink_to("nowhere.md")
    assert "lost.md" in taken_by_mkdocs(docs)
    assert "lost.md" not in names(docs, page_files(docs))


def test_a_mark_of_the_encoding_is_no_part_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```python\nprint(1)\n```\n", encoding="utf-8-sig")
    assert page_text(path).startswith("```python")
    (snippet,) = read(path).snippets
    assert "print(1)\n" == snippet.source
