"""What the Markdown of pages becomes besides the usual HTML."""

import pytest
from markdown import Markdown


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
