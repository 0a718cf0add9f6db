"""What a page tells search engines and social networks, and the links between a page and its notebook."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

from sitegen.assets.social_card import card_uri
from sitegen.notebooks.addresses import COLAB, file_of_notebook, uri_of_notebook, uri_of_page
from sitegen.rendering.structured_data import Site, describe, describe_home

__all__ = ["link_notebook", "structured_data", "words"]


def words(page: Page, config: MkDocsConfig) -> tuple[str, str]:
    """Return the title and the description of a page."""
    title = page.meta.get("title") or page.title or config.site_name
    return str(title), str(page.meta.get("description") or config.site_description)


def structured_data(page: Page, config: MkDocsConfig) -> dict[str, str]:
    """Return what the template puts into the head of a page."""
    title, description = words(page, config)
    site = Site(
        config.site_name,
        config.site_url or "",
        config.site_description or "",
        config.site_author or "",
    )
    above = [
        (str(section.title), child.canonical_url or "")
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
    title = other.page.meta.get("title", other.page.title)
    page.meta["title"] = f"Notebook: {title}"
    page.meta["description"] = (
        f"The Jupyter notebook of the page “{title}”, run, to be read, downloaded or opened in Colab."
    )
    page.meta["search"] = {"exclude": True}
    page.canonical_url = other.page.canonical_url
    return True
