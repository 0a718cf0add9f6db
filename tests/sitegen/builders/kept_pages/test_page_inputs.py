"""Whatever may change all pages changes their inputs, and nothing else does."""

from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files

from sitegen.builders.kept_pages import page_inputs as module
from sitegen.builders.kept_pages.page_inputs import PACKAGES, page_inputs
from sitegen.common import cache

Inputs = Callable[..., list[str]]
FILES = {
    "package-lock.json": "{}",
    "docs/part/page.md": "# A page\n\nSome prose.\n",
    "docs/part/data.csv": "1\n",
    "theme/main.html": "{{ page.content }}",
    "theme/hook.py": "x = 1\n",
    "engine/assets/style.mjs": "let x;\n",
    "engine/rendering/page.py": "x = 1\n",
    "engine/live/live.ts": "let x;\n",
    "settings/base.yml": "copyright: Ours\nINHERIT: further/last.yml\n",
    "settings/further/last.yml": "extra: {x: 1}\n",
}


@pytest.fixture
def inputs(
    project: Path, load: Callable[[], MkDocsConfig], monkeypatch: pytest.MonkeyPatch
) -> Inputs:
    """Return what tells the inputs of the pages as the files are now."""
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    with (project / "mkdocs.yml").open("a", encoding="utf-8") as settings:
        settings.write("INHERIT: settings/base.yml\n")
    monkeypatch.setattr(module, "ENGINE", project / "engine")

    def found(code: str = "the code", **settings: Any) -> list[str]:
        def of(imports: Iterable[str]) -> list[str]:
            return [code, *imports]

        config = load()
        for name, value in settings.items():
            config[name] = value
        return [*page_inputs(config, get_files(config), SimpleNamespace(of=of))]  # type: ignore[arg-type]

    return found


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mkdocs.yml", "What it is", "What it was"),
        ("settings/base.yml", "Ours", "Theirs"),
        ("settings/further/last.yml", "1", "2"),
        ("package-lock.json", "{}", '{"a": 1}'),
        ("theme/main.html", "content", "title"),
        ("engine/assets/style.mjs", "x", "y"),
        ("docs/part/page.md", "# A page", "# The page"),
    ],
)
def test_a_change_that_may_show_on_every_page_changes_the_inputs(
    inputs: Inputs, project: Path, name: str, old: str, new: str
) -> None:
    before = inputs()
    assert before == inputs()
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert before != inputs()


@pytest.mark.parametrize("name", ["docs/new.md", "docs/new.png", "theme/partials/new.html"])
def test_a_new_file_changes_the_inputs(inputs: Inputs, project: Path, name: str) -> None:
    before = inputs()
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("", encoding="utf-8")
    assert before != inputs()


@pytest.mark.parametrize(
    "name", ["docs/part/page.md", "docs/part/data.csv", "theme/hook.py", "engine/rendering/page.py",
             "engine/live/live.ts", "theme/__pycache__/hook.cpython-311.pyc"],
)  # fmt: skip
def test_what_shows_on_no_other_page_leaves_the_inputs_alone(
    inputs: Inputs, project: Path, name: str
) -> None:
    """The code of Python is compared without its comments, by what tells the code."""
    before = inputs()
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(FILES.get(name, "") + "\n# More\n", encoding="utf-8")
    assert before == inputs()


@pytest.mark.parametrize(
    "settings",
    [
        {"code": "other code"},
        {"site_url": "http://127.0.0.1:8000/"},
        {"extra_css": ["a.css"]},
        {"extra_javascript": ["a.js"]},
        {"use_directory_urls": False},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_what_a_builder_sets_itself_changes_the_inputs(
    inputs: Inputs, settings: dict[str, Any]
) -> None:
    assert inputs() != inputs(**settings)


def test_style_sheets_count_in_their_order(inputs: Inputs) -> None:
    assert inputs(extra_css=["a.css", "b.css"]) != inputs(extra_css=["b.css", "a.css"])


@pytest.mark.parametrize("package", PACKAGES)
def test_another_version_of_a_package_changes_the_inputs(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    before, version = inputs(), cache.version
    monkeypatch.setattr(cache, "version", lambda name: version(name) + ".1" * (name == package))
    assert before != inputs()


def test_the_code_of_the_whole_build_counts(inputs: Inputs) -> None:
    assert ["the code", "sitegen.builders.site_build"] == inputs()[:2]
