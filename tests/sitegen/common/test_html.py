"""Reading a page and writing it again changes nothing that a browser shows."""

from pathlib import Path

import pytest

from sitegen.common.html import (
    attribute,
    classes,
    element,
    find,
    home_of,
    inside,
    is_local,
    next_element,
    parse,
    write,
)

DRAWING = (
    '<svg viewBox="0 0 1 1" preserveAspectRatio="none"><defs><linearGradient id="g" gradientUnits="userSpaceOnUse">'
    '</linearGradient><clipPath id="c"></clipPath></defs><use xlink:href="#g"></use></svg>'
)


@pytest.mark.parametrize(
    "inside_body",
    [
        DRAWING,
        '<math><mo stretchy="false" definitionURL="x">(</mo></math>',
        "<p>a &lt; b &amp;&amp; c &gt; d</p>",
        '<p title="&quot;a&quot; &amp; b">"a" & b</p>',
        "<p>one<br>two<wbr><img src='a.svg' alt=''>three</p><hr>",
        "<template><td>x</td></template><noscript><p>No script</p></noscript>",
        "<script>if (a < b && c) { d = '<p>' }</script><style>a > b { content: '\\201c' }</style>",
        "<pre>\n\n  first line is empty</pre><textarea>\n\nso is this</textarea>",
        "<pre>\nno line is empty</pre><pre></pre>",
        "<details open><summary>a</summary></details><input checked disabled>",
        "<p>a\N{NO-BREAK SPACE}b\N{ZERO WIDTH SPACE}c \N{EURO SIGN}</p>",
    ],
)
def test_what_is_written_reads_as_what_was_read(inside_body: str) -> None:
    html = f"\n<!doctype html>\n<html lang=en class=no-js>\n<head><title>T &amp; t</title></head><body>{inside_body}"
    tree = parse(html)
    before = seen(tree.html or "", text=find(tree, "html").text())
    written = write(tree)
    assert written.startswith('<!DOCTYPE html><html lang="en" class="no-js">')
    again = parse(written)
    assert before == seen(again.html or "", text=find(again, "html").text())
    assert written == write(again), "it has come to rest"


def seen(html: str, text: str) -> tuple[list[tuple[str | None, dict[str, str | None]]], str]:
    nodes = find(parse(html), "html").traverse()
    return [(node.tag, node.attributes) for node in nodes], text


def test_names_of_drawings_keep_their_capitals() -> None:
    assert DRAWING in write(parse(DRAWING))


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"the page has no article > h1"):
        find(parse("<article><h2>A</h2></article>"), "article > h1")


def test_elements_can_be_looked_at_and_put_into_pages() -> None:
    tree = parse("<p id='a' class='b  c'>x</p> text <!-- note --> <i>y</i>")
    node = find(tree, "p")
    assert ("a", "", ["b", "c"]) == (attribute(node, "id"), attribute(node, "title"), classes(node))
    following = next_element(node)
    assert following is not None
    assert "i" == following.tag
    assert next_element(following) is None
    node.insert_child(element("<b data-x='1'>z</b>"))
    assert 'x<b data-x="1">z</b>' == inside(node)


def test_an_address_is_local_without_scheme_and_host() -> None:
    assert all(map(is_local, ["", "#a", "a/b.html?x#y", "../", "/a"]))
    assert not any(map(is_local, ["https://example.org", "//example.org/a", "mailto:a@b"]))


def test_a_site_says_where_it_is_published(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<link href='https://example.org/a/' rel='canonical'>", encoding="utf-8")
    assert "https://example.org/a/" == home_of(tmp_path)
    page.write_text("<!-- <link rel='canonical' href='https://example.org/'> -->", encoding="utf-8")
    with pytest.raises(ValueError, match="canonical"):
        home_of(tmp_path)
