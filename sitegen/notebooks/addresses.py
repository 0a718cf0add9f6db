"""Where the notebook of a page is on the site, and the page of a notebook."""

import posixpath

__all__ = [
    "COLAB", "FOLDERS", "SITE", "file_of_notebook", "page_address", "uri_of_notebook", "uri_of_page",
]  # fmt: skip

FOLDERS = ("tutorials", "cases")
SITE = "https://calcguide.github.io/calcguide/"
# The branch to which the published notebooks are pushed: Colab opens files of a repository only.
COLAB = "https://colab.research.google.com/github/calcguide/calcguide/blob/notebooks/"


def uri_of_notebook(uri: str) -> str | None:
    """Return where the notebook of the page at ``uri`` stands, if the page has one."""
    folder, _, name = uri.rpartition("/")
    if folder not in FOLDERS or not name.endswith(".md") or name == "index.md":
        return None
    return f"notebooks/{uri.removesuffix('.md')}.ipynb"


def uri_of_page(notebook: str) -> str:
    """Return the page from which a notebook is made."""
    return notebook.removeprefix("notebooks/").removesuffix(".ipynb") + ".md"


def file_of_notebook(notebook: str) -> str:
    """Return where the site has a notebook as a file: in the folder of the page that shows it."""
    return f"{notebook.removesuffix('.ipynb')}/{posixpath.basename(notebook)}"


def page_address(uri: str) -> str:
    """Return the address at which the page at ``uri`` is published."""
    folder, name = posixpath.split(uri.removesuffix(".md"))
    path = folder if name == "index" else f"{folder}/{name}"
    return SITE + f"{path}/".lstrip("/")
