"""The lists follow the form of llmstxt.org, and name each page once."""

import re

from sitegen.outputs.reuse.llms import llms, llms_full
from sitegen.outputs.reuse.markdown_twins import Twin

HOME = "https://calcguide.github.io/calcguide/"
TWINS = {
    "index.md": Twin("index.md", "Start", "What it is", "# Start\n"),
    "tutorials/one.md": Twin("tutorials/one.md", "One", "", "# One\n\nProse.\n"),
    "hidden.md": Twin("hidden.md", "Hidden", "", "# Hidden\n"),
}
PARTS = [("Home", ["index.md"]), ("Tutorials", ["tutorials/one.md"])]
# Title, summary, other text without headings, then sections that are lists of links.
FORM = re.compile(
    r"# .+\n\n> .+\n\n(?:[^#\n].*\n)+(?:\n## .+\n\n(?:- \[[^\]]+\]\(https://[^)]+\.md\)(?:: .+)?\n)+)+"
)


def test_the_list_has_the_form_of_llmstxt() -> None:
    listed = llms("Ours", "In\n short", PARTS, TWINS)
    assert FORM.fullmatch(listed)
    assert listed.startswith("# Ours\n\n> In short\n\n")
    assert listed.endswith(
        f"\n## Home\n\n- [Start]({HOME}index.md): What it is\n"
        f"\n## Tutorials\n\n- [One]({HOME}tutorials/one.md)\n"
    )


def test_all_pages_follow_one_another_in_one_file() -> None:
    assert "# Start\n\n---\n\n# One\n\nProse.\n" == llms_full(PARTS, TWINS)
