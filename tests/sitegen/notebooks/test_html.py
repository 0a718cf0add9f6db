"""A notebook that has been converted to HTML becomes HTML like that of the site."""

from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4 as nb
import pytest
from mkdocs_jupyter.convert import nb2html

from sitegen.common.html import Node, attribute, classes, find, parse
from sitegen.notebooks.html import simplify


def shown(tmp_path: Path, *cells: Any) -> Node:
    """Return the body of a notebook with these cells below a heading."""
    notebook = nb.new_notebook(cells=[nb.new_markdown_cell("# A title\n\nWords."), *cells])
    file = tmp_path / "a.ipynb"
    nbformat.write(notebook, file)
    return find(parse(simplify(nb2html(str(file)))), "body")


def test_the_heading_stands_before_the_box_of_the_cells(tmp_path: Path) -> None:
    body = shown(tmp_path, nb.new_markdown_cell("## B\n\nMore *words*."))
    assert ["h1", "div"] == [node.tag for node in body.iter()]
    box = find(body, ".notebook")
    assert ["p", "h2", "p"] == [node.tag for node in box.iter()]
    link = find(body, "h1 > a")
    assert ["headerlink"] == classes(link)
    assert "#A-title" == attribute(link, "href").replace("#a-title", "#A-title")
    assert "Link to this section" == attribute(link, "title")


def test_code_has_its_prompt_and_what_it_has_put_out(tmp_path: Path) -> None:
    images = '<img src="a.svg#only-light" alt="A <b>"><img src="a-dark.svg#only-dark" alt="A">'
    cell = nb.new_code_cell(
        "print(1 < 2)",
        execution_count=3,
        outputs=[
            nb.new_output("stream", name="stdout", text="True\n  x\n"),
            nb.new_output("display_data", {"text/html": images.replace("<b>", "&lt;b&gt;")}),
            nb.new_output("error", ename="E", evalue="v", traceback=["E: v"]),
        ],
    )
    box = find(shown(tmp_path, cell), ".notebook")
    code, output, figure, error = [*box.iter()][1:]
    assert ["language-python", "highlight", "cell"] == classes(code)
    assert "In [3]" == find(code, ".filename.input").text()
    assert "print(1 < 2)\n" == find(code, "pre > code").text()
    assert "Output" == find(output, ".filename").text()
    assert "True\n  x\n" == find(output, "pre > code").text()
    assert "figure" == attribute(figure, "class")
    assert ["A <b>", "A"] == [attribute(image, "alt") for image in figure.css("img")]
    assert "Error" == find(error, ".filename").text()
    assert "E: v" == find(error, "pre > code").text().strip()


def test_an_empty_corner_of_a_table_is_the_head_of_nothing(tmp_path: Path) -> None:
    table = "|  | a |\n|:--|--|\n| b | 1 |\n"
    body = shown(tmp_path, nb.new_markdown_cell(table))
    head = [(cell.tag, cell.text()) for cell in find(body, "thead tr").iter()]
    assert [("td", ""), ("th", "a")] == head
    assert "left" in (find(body, "thead td").html or ""), "it keeps its attributes"


def test_nothing_of_the_converter_is_left(tmp_path: Path) -> None:
    body = shown(tmp_path, nb.new_code_cell("x = 1"))
    assert [] == body.css("style, script, [class^=jp-], [tabindex]")


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<div id="cell-id=1"><h1>A</h1></div>', "no .*h1"),
        (
            '<div id="cell-id=1"><div class="jp-RenderedMarkdown"><h1>A</h1></div></div>'
            '<div id="cell-id=2"><p>What is this?</p></div>',
            "not found",
        ),
    ],
)
def test_another_converter_is_refused(html: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simplify(html)
