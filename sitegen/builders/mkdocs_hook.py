"""Registers the build of the site with MkDocs, which looks for functions named after its events."""

from collections.abc import Callable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer

from sitegen.builders.preview import Preview
from sitegen.builders.site_build import SiteBuild


class Hook(SiteBuild):
    """One for as long as the module is loaded: `mkdocs serve` keeps it between its builds."""

    preview: Preview | None = None

    def on_startup(self, **_: object) -> None:
        """Let MkDocs keep this between the builds of a server."""

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[[], None]
    ) -> LiveReloadServer:
        """Show changed pages before the whole site is built again."""
        self.preview = Preview(self, server, builder, Path(config.site_dir))
        return server

    def on_shutdown(self) -> None:
        """Remove what was served."""
        if self.preview is not None:
            self.preview.close()


_hook = Hook()

on_startup, on_serve, on_shutdown = _hook.on_startup, _hook.on_serve, _hook.on_shutdown
on_config = _hook.on_config
on_files = _hook.on_files
on_nav = _hook.on_nav
on_pre_page = _hook.on_pre_page
on_page_markdown = _hook.on_page_markdown
on_page_content = _hook.on_page_content
on_env = _hook.on_env
on_page_context = _hook.on_page_context
on_post_page = _hook.on_post_page
on_post_build = _hook.on_post_build
