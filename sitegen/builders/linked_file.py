"""Files of the site that are hard links to the cache."""

import os
import shutil
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File

__all__ = ["LinkedFile"]


class LinkedFile(File):
    """A file of the cache, where nothing is ever changed in place: it need not be copied."""

    is_linked = False

    @classmethod
    def at(cls, config: MkDocsConfig, uri: str, source: Path) -> File:
        """Return the file to be published at ``uri``."""
        return cls.generated(config, uri, abs_src_path=str(source.absolute()))

    def copy_file(self, dirty: bool = False) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Link the file into the site, or copy it where the two are on different disks."""
        if self.is_linked:
            return
        self.is_linked = True
        source, target = str(self.abs_src_path), Path(self.abs_dest_path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
