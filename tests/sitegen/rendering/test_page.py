"""The last step makes of a page of the template what is published."""

import pytest

from sitegen.common.html import attribute, find, parse
from sitegen.rendering.page import finished

TEXT = "<p>" + "All work and no play. " * 20 + "</p>"
TEMPLATE = f"""<!doctype html>
<html><head><title>A</title></head><body>
<article>
  <p class="page-actions">View as notebook</p>
  <h1>Title</h1>
  <p><em>First</em> <span class="arithmatex">\\(\\mathcal{{A}}\\)</span></p>
  <h2>One</h2>
  {TEXT}
  <div class="language-python highlight"><pre><span></span><code><span class="n">x</span></code></pre></div>
  <div class="language-text highlight"><span class="filename">Error</span><pre><code>E</code></pre></div>
  <div class="arithmatex">\\[x < y\\]</div>
</article></body></html>
"""


def address(path: str) -> str:
    return f"../{path}"


def test_all_is_done_that_a_page_needs() -> None:
    tree = parse(finished(TEMPLATE, address))
    article = find(tree, "article")
    assert ["h1", "p", "p", "h2", "div"] == [node.tag for node in article.iter()]
    assert "View as notebook" == find(article, "h1 + p").text(), "below the heading"
    assert ["part"] == [attribute(node, "class") for node in article.css("article > div")]
    snippet = find(article, "[data-snippet]")
    assert ("1", "browser") == (attribute(snippet, "data-snippet"), attribute(snippet, "data-run"))
    assert "data-raises" in snippet.attributes
    assert "<pre><code>x</code></pre>" == (snippet.inner_html or "").strip()
    assert find(article, ".filename.error")
    assert 2 == len(article.css(".arithmatex > :is(.katex, .katex-display)"))
    preloads = [attribute(link, "href") for link in find(tree, "head").css("link[rel=preload]")]
    assert {
        f"../assets/katex/fonts/KaTeX_{font}-Regular.woff2" for font in ("Caligraphic", "Main")
    } < set(preloads)
    assert "../assets/fonts/source-sans-3-latin-wght-italic.woff2" in preloads


def test_the_same_page_is_finished_to_the_same_bytes() -> None:
    assert finished(TEMPLATE, address) == finished(TEMPLATE, address)


def test_a_page_without_notebook_or_headings_stays_as_it_is() -> None:
    tree = parse(finished("<article><p>Short.</p></article>", address))
    assert "<p>Short.</p>" == find(tree, "article").inner_html
    assert [] == tree.css("link")


def test_what_cannot_be_finished_is_refused() -> None:
    with pytest.raises(ValueError, match="the page has no article"):
        finished("<p>A</p>", address)
    with pytest.raises(ValueError, match="bad formula"):
        finished(r'<article><span class="arithmatex">\(\frac{1\)</span></article>', address)
