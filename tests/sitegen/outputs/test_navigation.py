"""The navigation is read from the settings, whatever tags of other tools are in them."""

from pathlib import Path

from sitegen.outputs.navigation import parts, settings


def test_pages_are_in_the_order_of_the_navigation_however_deep(tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_text(
        "site_name: Ours\nother: !!python/name:os.path\n"
        "nav: [{Home: index.md}, {Part: [one.md, {Two: two.md}, {Deep: [{Three: c/three.md}]}]}]\n",
        encoding="utf-8",
    )
    found = settings(tmp_path / "s.yml")
    assert "Ours" == found["site_name"]
    assert [("Home", ["index.md"]), ("Part", ["one.md", "two.md", "c/three.md"])] == parts(
        found["nav"]
    )
