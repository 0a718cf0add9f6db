"""What a page tells search engines and social networks, and the links between a page and its notebook."""

import html
from collections.abc import Iterable

from markupsafe import Markup, escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

from sitegen.assets.social_card import card_uri
from sitegen.notebooks.addresses import COLAB, file_of_notebook, uri_of_notebook, uri_of_page
from sitegen.outputs.reuse.citations import Citation, Work
from sitegen.rendering.structured_data import Site, describe, describe_home

__all__ = [
    "citation",
    "escape_page",
    "escape_site",
    "link_notebook",
    "site_words",
    "structured_data",
    "words",
]


def words(page: Page, config: MkDocsConfig) -> tuple[str, str]:
    """Return the title and the description of a page, as plain text."""
    title = page.meta.get("title") or _title(page) or config.site_name
    return _plain(title), _plain(page.meta.get("description") or config.site_description)


def site_words(config: MkDocsConfig) -> tuple[str, str]:
    """Return the name and the description of the site, as plain text."""
    return _plain(config.site_name), _plain(config.site_description or "")


def escape_site(
    config: MkDocsConfig, pages: Iterable[Page], items: Iterable[StructureItem]
) -> None:
    """Let templates show the words of settings and pages, in which any sign may stand; they do not escape them.

    To do it again changes nothing.
    """
    for name in ("site_name", "site_description", "site_author"):
        setattr(config, name, escape(getattr(config, name) or ""))
    for page in pages:
        escape_page(page)
    waiting = [*items]
    while waiting:
        item = waiting.pop()
        waiting += getattr(item, "children", None) or ()
        if not isinstance(item, Page) and item.title is not None:
            item.title = escape(item.title)


def escape_page(page: Page) -> None:
    """Do it for one page, whose heading may change when it is rendered again."""
    title = escape(_title(page))
    if "title" in vars(page):
        page.title = title
    elif "title" not in page.meta:
        page._title_from_render = title
    for name in {"title", "description"} & page.meta.keys():
        page.meta[name] = escape(page.meta[name])


def _title(page: Page) -> str:
    """The title that the settings give, or the heading, which comes as HTML."""
    is_heading = "title" not in vars(page) and "title" not in page.meta
    return html.unescape(page.title or "") if is_heading else _plain(page.title or "")


def _plain(text: object) -> str:
    return html.unescape(text) if isinstance(text, Markup) else str(text)


def structured_data(page: Page, config: MkDocsConfig) -> dict[str, str]:
    """Return what the template puts into the head of a page."""
    title, description = words(page, config)
    site = Site(
        _plain(config.site_name),
        config.site_url or "",
        _plain(config.site_description or ""),
        _plain(config.site_author or ""),
    )
    above = [
        (_plain(section.title), child.canonical_url or "")
        for section in reversed([*page.ancestors])
        for child in (section.children if isinstance(section, Section) else [])
        if isinstance(child, Page) and child.is_index and child is not page
    ]
    steps = [*above, (title, page.canonical_url or "")]
    path, markdown = page.file.src_uri, page.markdown or ""
    data = (
        describe_home(site)
        if page.is_homepage
        else describe(site, path, markdown, steps=steps, description=description)
    )
    return {"title": title, "text": description, "data": data, "card": site.url + card_uri(path)}


def citation(page: Page, config: MkDocsConfig, work: Work) -> Citation | None:
    """Return how to cite a page, if it is a tutorial or a case."""
    uri = page.file.src_uri
    return Citation(uri, words(page, config)[0], work) if uri_of_notebook(uri) else None


def link_notebook(page: Page, files: Files) -> bool:
    """Link a page and its notebook with each other; return whether this is the notebook."""
    uri = page.file.src_uri
    is_notebook = uri.endswith(".ipynb")
    notebook = uri if is_notebook else uri_of_notebook(uri)
    if notebook is None or files.get_file_from_path(notebook) is None:
        return False
    other = files.src_uris[uri_of_page(notebook) if is_notebook else notebook]
    file = file_of_notebook(notebook)
    page.meta["notebook"] = {
        "shown": is_notebook,
        "other": other.url,
        "file": file,
        "colab": COLAB + file,
    }
    if not is_notebook or other.page is None:
        return False
    title = _plain(other.page.meta.get("title") or _title(other.page))
    page.meta["title"] = f"Notebook: {title}"
    page.meta["description"] = (
        f"The Jupyter notebook of the page “{title}”, run, to be read, downloaded or opened in Colab."
    )
    page.meta["search"] = {"exclude": True}
    page.canonical_url = other.page.canonical_url
    return True
