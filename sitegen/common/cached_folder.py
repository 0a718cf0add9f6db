"""Folders that are made once: each appears when it is complete, and is made again when it is damaged."""

import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from sitegen.common.files import files_in, write_atomically

__all__ = ["cached_folder"]


def cached_folder(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` has filled, now or before; its name says what it depends on.

    The file beside it has the checksums of what is inside.
    """
    record = folder.with_name(f"{folder.name}.json")
    if not _is_whole(folder, record):
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}."))
        unfinished.chmod(0o755)
        try:
            make(unfinished)
            if not _is_whole(folder, record):  # no other process has made it meanwhile
                shutil.rmtree(folder, ignore_errors=True)
                _record(unfinished, record)
                unfinished.replace(folder)
        except OSError:  # another process was faster by less than a moment
            if not _is_whole(folder, record):
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    for path in (folder, record):
        os.utime(path)  # in use: `prune` leaves it alone
    return folder


def _is_whole(folder: Path, record: Path) -> bool:
    try:
        recorded = json.loads(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(recorded == _checksums(folder))


def _record(folder: Path, record: Path) -> None:
    write_atomically(record, json.dumps(_checksums(folder)))


def _checksums(folder: Path) -> dict[str, int]:
    return {name: zlib.crc32((folder / name).read_bytes()) for name in files_in(folder)}
