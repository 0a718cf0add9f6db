"""What runs of pages have made: drawings kept by what they depend on, and the files derived from them."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sitegen.common.cache import Cache
from sitegen.common.files import write_atomically
from sitegen.figures.record import Record

__all__ = ["Results"]


class Results:
    """Caches in a folder, and below it the files that builders publish.

    ``site`` has figures and notebooks where the site has them, ``shown`` the notebooks that the site shows as
    pages. Each set of files is recorded with checksums, so that one that is lost or damaged is written again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drawings = Cache("drawings", within=folder)
        self._in_words = Cache("figures-in-words", within=folder)
        self._records = Cache("records", within=folder)

    def drawings(self, run: str) -> list[str] | None:
        """Return the figures of a run that was in order, as SVG in marker colours, if there was one."""
        found = self._drawings.find([run])
        return None if found is None else list[str](json.loads(zlib.decompress(found)))

    def in_words(self, run: str) -> list[Record] | None:
        """Return the same figures in words."""
        found = self._in_words.find([run])
        return None if found is None else list[Record](json.loads(found))

    def keep(self, run: str, drawings: list[str], in_words: Sequence[Record] = ()) -> None:
        """Keep the figures of a run that was in order."""
        self._in_words.write([run], json.dumps([*in_words]).encode())
        self._drawings.write([run], zlib.compress(json.dumps(drawings).encode(), 1))

    def are_there(self, key: str, files: Iterable[str]) -> bool:
        """Whether these files are as they were written under this key."""
        found = self._records.find([key])
        record = {} if found is None else json.loads(found)
        return found is not None and all(
            file in record and record[file] == _checksum(self.folder / file) for file in files
        )

    def write(self, key: str, files: Mapping[str, str]) -> None:
        """Write files, and record them under a key."""
        for file, content in files.items():
            write_atomically(self.folder / file, content)
        record = {file: _checksum(self.folder / file) for file in files}
        self._records.write([key], json.dumps(record).encode())


def _checksum(path: Path) -> str | None:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
    except FileNotFoundError:
        return None
