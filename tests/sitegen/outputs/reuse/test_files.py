"""All files for other programs are made from the pages and the settings, and the same ones each time."""

import json
from pathlib import Path

from sitegen.outputs.reuse.errata import SCHEMA
from sitegen.outputs.reuse.files import files_to_reuse, publish

NAV = [{"Home": "index.md"}, {"Part": ["part/one.md"]}]


def docs(tmp_path: Path, *names: str) -> Path:
    for name in ("index.md", "part/one.md", *names):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(f"# {name}\n", encoding="utf-8")
    return tmp_path / "docs"


def test_files_are_put_into_the_site(tmp_path: Path) -> None:
    publish(tmp_path / "site", docs(tmp_path), "Ours", "What it is", NAV)
    files = {path.relative_to(tmp_path / "site").as_posix() for path in tmp_path.rglob("site/**/*")}
    assert {"index.md", "part", "part/one.md", "llms.txt", "llms-full.txt"} == files
    assert "# Ours\n" in (tmp_path / "site/llms.txt").read_text(encoding="utf-8")


def test_a_site_with_errata_has_them_as_data_with_their_schema(tmp_path: Path) -> None:
    made = files_to_reuse(docs(tmp_path, "errata.md"), "Ours", "", NAV)
    assert [] == json.loads(made["errata.json"])
    assert SCHEMA == json.loads(made["errata.schema.json"])


def test_the_same_pages_give_the_same_bytes() -> None:
    assert files_to_reuse(Path("docs"), "A", "", []) == files_to_reuse(Path("docs"), "A", "", [])
