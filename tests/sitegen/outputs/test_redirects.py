"""Redirects from old addresses lead to the new ones, whatever the words in them."""

import pytest

from sitegen.outputs.redirects import redirects

HOME = "https://calcguide.github.io/calcguide/"


@pytest.mark.parametrize(
    ("new", "link"),
    [("b.md", "../b/"), ("part/c.md#here", "../part/c/#here"), ("index.md", "../")],
)
def test_a_redirect_names_the_new_address_relative_to_the_old_one(new: str, link: str) -> None:
    moved = redirects({"a.md": new}, [new.partition("#")[0]], HOME)
    assert f'<a href="{link}">' in moved["a/index.html"]


def test_what_a_redirect_says_is_no_markup() -> None:
    moved = redirects({"a.md": 'b.md#"</script>'}, ["b.md"], HOME)
    assert ["a/index.html"] == list(moved)
    assert "</script>\\" not in moved["a/index.html"]
    assert 1 == moved["a/index.html"].count("</script>")
