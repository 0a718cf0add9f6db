"""A template is compiled once, and again when it has changed or what was kept is damaged."""

from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from sitegen.builders.compiled_templates import CompiledTemplates
from sitegen.common.cache import Cache

DAMAGES = {
    "none": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "almost empty": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "altered": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_template_is_compiled_again_only_if_it_must(
    tmp_path: Path, damage: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []

    class Environment(jinja2.Environment):
        def compile(self, source, *arguments, **options):
            compiled.append(source)
            return super().compile(source, *arguments, **options)

    def rendered(source: str) -> str:
        cache = CompiledTemplates()
        cache.cache = Cache("templates", within=tmp_path)
        loader = jinja2.DictLoader({"page.html": source})
        return (
            Environment(loader=loader, bytecode_cache=cache).get_template("page.html").render(x=2)
        )

    assert "a2" == rendered("a{{ x }}")
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    damage(kept)
    assert "a2" == rendered("a{{ x }}")
    assert (1 if damage is DAMAGES["none"] else 2) == len(compiled)
    assert "b2" == rendered("b{{ x }}")
