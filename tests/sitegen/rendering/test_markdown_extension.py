"""Figures become two images, and readers are told why a snippet is not run."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from sitegen.common.html import find, parse


def test_a_figure_becomes_two_images_of_known_size(run: Any, tmp_path: Path) -> None:
    run()
    site = str(tmp_path / "cache" / "site")
    markdown = Markdown(
        extensions=["sitegen.rendering.markdown_extension"],
        extension_configs={"sitegen.rendering.markdown_extension": {"folder": site}},
    )
    html = markdown.convert("![A line](figures/first.svg)")
    images = re.findall(r"<img [^>]*>", html)
    assert 2 == len(images)
    for image, source in zip(
        images, ["first.svg#only-light", "first-dark.svg#only-dark"], strict=True
    ):
        assert f'src="figures/{source}"' in image
        assert 'alt="A line"' in image
        assert 'width="557"' in image
        assert 'height="355"' in image
        assert 'loading="lazy"' in image


def test_a_figure_that_was_not_drawn_stops_the_build(tmp_path: Path) -> None:
    markdown = Markdown(
        extensions=["sitegen.rendering.markdown_extension"],
        extension_configs={"sitegen.rendering.markdown_extension": {"folder": str(tmp_path)}},
    )
    with pytest.raises(FileNotFoundError, match=r"figures/lost\.svg has not been drawn"):
        markdown.convert("![A line](figures/lost.svg)")


@pytest.mark.parametrize(
    ("mark", "shown", "where"),
    [
        ("skip: needs a GPU", "This snippet is not run here: needs a GPU.", "nowhere"),
        (
            "not in the browser: statsmodels is not there",
            "Tested like the others, but not run in the browser: statsmodels is not there.",
            "build",
        ),
    ],
)
def test_the_reason_why_a_snippet_is_not_run_is_shown_and_where_it_is_noted(
    mark: str, shown: str, where: str
) -> None:
    html = Markdown(extensions=["sitegen.rendering.markdown_extension", "attr_list"]).convert(
        f"<!-- {mark} -->\n"
    )
    assert f'<em class="not-live" data-run="{where}">{shown}</em>' in html


FENCED = """\
<!-- skip: shown -->
<!-- not in the browser: shown -->
--8<-- "nowhere.md"
--8<--
;--8<-- "nowhere.md"
x = 1 # --8<-- [start:here]
![A line](figures/lost.svg)"""


@pytest.mark.parametrize(
    "before", ["", "- An item\n\n", "!!! note\n\n"], ids=["page", "list", "box"]
)
@pytest.mark.parametrize("mark", ["```", "````", "~~~"])
def test_a_fence_is_shown_as_it_is_written(mark: str, before: str) -> None:
    markdown = Markdown(
        extensions=[
            "admonition", "attr_list", "sitegen.rendering.markdown_extension", "pymdownx.snippets",
            "pymdownx.superfences",
        ],
        extension_configs={"pymdownx.snippets": {"check_paths": True}},
    )  # fmt: skip
    fence = f"{mark}text\n{FENCED}\n{mark}\n"
    html = markdown.convert(before + textwrap.indent(fence, "    " if before else ""))
    code = find(parse(html), "code").text()
    assert f"{FENCED}\n" == code


def test_pieces_of_other_files_are_put_in_outside_of_fences(tmp_path: Path) -> None:
    (tmp_path / "piece.md").write_text("```text\npiece\n```\n", encoding="utf-8")
    markdown = Markdown(
        extensions=[
            "sitegen.rendering.markdown_extension",
            "pymdownx.snippets",
            "pymdownx.superfences",
        ],
        extension_configs={"pymdownx.snippets": {"base_path": str(tmp_path)}},
    )
    html = markdown.convert('```text\none\n```\n\n--8<-- "piece.md"\n\n```text\ntwo\n```\n')
    assert ["one\n", "piece\n", "two\n"] == [code.text() for code in parse(html).css("code")]
