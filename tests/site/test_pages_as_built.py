"""What a reader sees of a page is what the engine has run."""

import re
from pathlib import Path

from sitegen.common.html import attribute, parse
from sitegen.pages.contract import read
from sitegen.pages.sources import page_files


def built(page_path: Path, site: Path) -> str:
    """Return the HTML of a page."""
    inside = page_path.relative_to("docs").with_suffix("")
    folder = inside.parent if inside.name == "index" else inside
    return (site / folder / "index.html").read_text(encoding="utf-8")


def test_every_block_of_code_is_a_fence_that_was_run(site: Path) -> None:
    """Markdown has other ways to make code blocks: none of them may slip past the engine."""
    for page_path in page_files(Path("docs")):
        if "reference" in page_path.parts:
            continue  # made from docstrings, which have tests of their own
        page, html = read(page_path), built(page_path, site)
        promises = [fence for snippet in page.snippets for fence in (snippet.output, snippet.error)]
        wanted = {"python": len(page.snippets), "text": len(list(filter(None, promises)))}
        tree = parse(html)
        for citation in tree.css(".citation"):
            citation.decompose()
        blocks = [
            attribute(box, "class").removesuffix("highlight").strip().removeprefix("language-")
            for box in tree.css("div.highlight")
        ]
        shown = {language: blocks.count(language) for language in wanted}
        assert wanted == shown, page_path
        others = [language for language in blocks if language not in {*wanted, "console"}]
        assert [] == others, page_path
        assert len(tree.css("pre")) == len(blocks), f"{page_path}: a block of code without a fence"


def test_every_figure_is_shown_in_both_palettes(site: Path) -> None:
    for page_path in page_files(Path("docs")):
        for snippet in read(page_path).snippets:
            for figure in snippet.figures:
                for end in (".svg#only-light", "-dark.svg#only-dark"):
                    assert f"figures/{figure.name}{end}" in built(page_path, site)


def test_no_formula_is_left_as_source(site: Path) -> None:
    for html_path in site.rglob("*.html"):
        html = html_path.read_text(encoding="utf-8")
        text = re.sub(r"<(script|style|annotation|code)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert not re.search(r"\\[(\[]|\\frac|\\nabla|\$\$", text), html_path
