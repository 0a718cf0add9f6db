"""Results kept between builds, each under a key made of everything that it depends on."""

import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from sitegen.common.files import files_in, write_atomically
from sitegen.common.paths import CACHE

__all__ = ["Cache", "digest", "environment", "prune"]

DAY = 24 * 60 * 60
UNUSED_DAYS = 30
# Folders that are made, and kept, as a whole; and files that stay as long as a page has them.
WHOLE = ["live/*/*", "served/*"]
OWNED = ("live/", "served/", "pages/site/", "pages/shown/")


def digest(parts: Iterable[str]) -> str:
    """Return a hash that differs where any part differs."""
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def environment(sources: Iterable[Path] = (), packages: Iterable[str] = ()) -> Iterator[str]:
    """What a result depends on besides its inputs: our sources, and versions of packages."""
    for source in sources:
        yield source.name
        yield hashlib.sha256(source.read_bytes()).hexdigest()
    yield from map(version, packages)


class Cache:
    """Results of one kind, in a folder of their own.

    Parameters
    ----------
    name : str
        The name of the folder.
    sources : iterable of Path
        Files whose change makes every result stale: programs, settings, locks.
    packages : iterable of str
        Installed packages whose version does the same.
    suffix : str
        The end of the file names, for results that are published as files.
    within : Path
        Where the folder is.
    """

    def __init__(
        self,
        name: str,
        *,
        sources: Iterable[Path] = (),
        packages: Iterable[str] = (),
        suffix: str = "",
        within: Path = CACHE,
    ) -> None:
        self.folder = within / name
        self.sources, self.packages, self.suffix = [*sources], [*packages], suffix

    @cached_property
    def environment(self) -> list[str]:
        """What every result depends on; it is read once, when the first result is asked for."""
        return [*environment(self.sources, self.packages)]

    def read(self, inputs: Iterable[str], make: Callable[[], bytes]) -> bytes:
        """Return the result for these inputs, made now if it is not there or is damaged."""
        found = self._find(key := self._key(inputs))
        return self._write(key, make())[1] if found is None else found[1]

    def file(self, inputs: Iterable[str], make: Callable[[], bytes]) -> Path:
        """Return the file with the result for these inputs, made now as in ``read``."""
        found = self._find(key := self._key(inputs))
        return self._write(key, make())[0] if found is None else found[0]

    def find(self, inputs: Iterable[str]) -> bytes | None:
        """Return the result for these inputs, if it is there and undamaged."""
        found = self._find(self._key(inputs))
        return None if found is None else found[1]

    def write(self, inputs: Iterable[str], result: bytes) -> None:
        """Keep the result for these inputs."""
        self._write(self._key(inputs), result)

    def _key(self, inputs: Iterable[str]) -> str:
        return digest([*self.environment, *inputs])[:24]

    def _find(self, key: str) -> tuple[Path, bytes] | None:
        """Look a key up; the checksum in the name of a file tells whether its content is whole."""
        folder = self.folder / key[:2]
        with suppress(FileNotFoundError):  # nothing is there yet, or another process prunes
            for name in os.listdir(folder):  # noqa: PTH208 (for speed)
                if not name.startswith(key):
                    continue
                path = folder / name
                content = path.read_bytes()
                if name == self._name(key, content):
                    if path.stat().st_mtime < time.time() - DAY:
                        os.utime(path)  # in use: `prune` leaves it alone
                    return path, content
        return None

    def _write(self, key: str, content: bytes) -> tuple[Path, bytes]:
        path = self.folder / key[:2] / self._name(key, content)
        write_atomically(path, content)
        return path, content

    def _name(self, key: str, content: bytes) -> str:
        return f"{key}-{zlib.crc32(content):08x}{self.suffix}"


def prune(folder: Path = CACHE, days: float = UNUSED_DAYS) -> int:
    """Delete what no build has used for a number of days; return how many files and folders that were."""
    before = time.time() - days * DAY
    found = [path for pattern in WHOLE for path in folder.glob(pattern)]
    found += [folder / file for file in files_in(folder) if not file.startswith(OWNED)]
    old = [path for path in found if path.stat().st_mtime < before]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for at, _, _ in os.walk(folder, topdown=False):
        if os.stat(at).st_mtime < before and at != str(folder):  # noqa: PTH116 (for speed)
            with suppress(OSError):  # it is not empty
                os.rmdir(at)  # noqa: PTH106
    return len(old)
