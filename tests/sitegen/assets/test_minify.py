"""Minified files do the same in fewer bytes."""

import subprocess
from pathlib import Path

import pytest
from sitegen.common.node import node

from sitegen.assets import minify
from sitegen.assets.minify import minified_script, minified_styles

SCRIPT = """
/*! (c) Somebody */
// A comment that nobody needs.
function factorial(number) {
  const unused = 3;
  return number <= 1n ? 1n : number * factorial(number - 1n);
}
console.log(String(factorial(20n)), [1, 2, 3].map((value) => value ** 2).join());
"""


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minify.MINIFIED, "folder", tmp_path)


def printed(script: str) -> str:
    done = subprocess.run(
        [node(), "--input-type=module", "-"],
        input=script, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout


def test_a_script_prints_the_same_and_keeps_whose_it_is() -> None:
    small = minified_script(SCRIPT)
    assert "2432902008176640000 1,4,9\n" == printed(SCRIPT) == printed(small)
    assert len(small) < len(SCRIPT) / 2
    assert "(c) Somebody" in small
    assert "nobody" not in small


def test_a_script_that_cannot_be_read_is_reported() -> None:
    with pytest.raises(ValueError, match=r"minify\.mjs has failed:[\s\S]*Name expected"):
        minified_script("const = 1;")


def test_a_result_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    small = minified_script(SCRIPT)

    def fail(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(minify, "run", fail)
    assert small == minified_script(SCRIPT)
    with pytest.raises(AssertionError):
        minified_script("1")


def test_style_sheets_are_merged_in_their_order(tmp_path: Path) -> None:
    for name, colour in (("b", "red"), ("a", "tan")):
        (tmp_path / f"{name}.css").write_text(f"p {{ color: {colour}; /* {name} */ }}", "utf-8")
    sheets = [str(tmp_path / "b.css"), str(tmp_path / "a.css")]
    order = {"folder": str(tmp_path), "sheets": sheets, "words": ["p"]}
    assert "p{color:red}p{color:tan}" == minified_styles(order, ["b", "a"]).strip()
