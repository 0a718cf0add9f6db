"""Registers the build of the site with MkDocs, which looks for functions named after its events."""

from sitegen.builders.site_build import SiteBuild

# One build for as long as the module is loaded: `mkdocs serve` keeps it, and what it has rendered.
_build = SiteBuild()


def on_startup(**_: object) -> None:
    """Let MkDocs keep this module between the builds of a server."""


on_config = _build.on_config
on_files = _build.on_files
on_nav = _build.on_nav
on_pre_page = _build.on_pre_page
on_page_markdown = _build.on_page_markdown
on_env = _build.on_env
on_page_content = _build.on_page_content
on_page_context = _build.on_page_context
on_post_page = _build.on_post_page
on_post_build = _build.on_post_build
