"""The comparison of two sites finds what readers would miss, and nothing else."""

from pathlib import Path

import pytest

from tools.compare_sites import compare, read

PAGE = '<article id="top"><p title="Says">Some   words</p><a href="assets/live/{}/live.js">it</a></article>'
SITE = {
    "index.html": PAGE.format("0123456789"),
    "a.svg": "<svg/>",
    "assets/live/0123456789/live.js": "1",
    "search/search_index.json": "[]",
}


def written(folder: Path, files: dict[str, str]) -> dict[str, Path]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return read(folder)


def differences(tmp_path: Path, changed: dict[str, str], without: str = "") -> list[str]:
    old = written(tmp_path / "old", SITE)
    new = {name: text for name, text in (SITE | changed).items() if name != without}
    return list(compare(old, written(tmp_path / "new", new)))


def test_a_site_is_like_itself_whatever_its_folders_are_called(tmp_path: Path) -> None:
    moved = {
        "index.html": PAGE.format("abcdef0123").replace("   ", "\n"),
        "assets/live/abcdef0123/live.js": "2",
        "downloads/a.pdf": "x",
    }
    assert [] == differences(tmp_path, moved, without="assets/live/0123456789/live.js")


@pytest.mark.parametrize(
    ("changed", "without", "kind"),
    [
        (
            {"index.html": SITE["index.html"].replace("words", "word")},
            "",
            "visible text: index.html",
        ),
        ({"index.html": SITE["index.html"].replace("Says", "Said")}, "", "spoken text: index.html"),
        ({"index.html": SITE["index.html"].replace("live.js", "e.js")}, "", "links: index.html"),
        ({"index.html": SITE["index.html"].replace("top", "pot")}, "", "anchors: index.html"),
        ({"index.html": SITE["index.html"] + "<!-- -->"}, "", "weight: index.html"),
        ({"a.svg": "<svg />"}, "", "files: a.svg"),
        ({"search/search_index.json": "[1]"}, "", "files: search/search_index.json"),
        ({"b/index.html": "<p>"}, "", "addresses: b/index.html is new"),
        ({}, "a.svg", "addresses: a.svg is gone"),
    ],
)
def test_what_differs_is_named(
    tmp_path: Path, changed: dict[str, str], without: str, kind: str
) -> None:
    found = differences(tmp_path, changed, without)
    assert found
    assert all(difference.startswith(kind) for difference in found), found


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is not a built site"):
        read(tmp_path)
