"""Finding files, and writing them as a whole."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["files_in", "write_atomically"]


def files_in(folder: Path) -> set[str]:
    """Return the files below a folder, by their paths in it; several times as fast as ``rglob``.

    Links that lead nowhere are left out: some editors lock a file by one beside it.
    """
    found, waiting = set[str](), [""]
    while waiting:
        inside = waiting.pop()
        with suppress(FileNotFoundError), os.scandir(folder / inside) as entries:
            for entry in entries:
                path = f"{inside}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif not entry.is_symlink() or entry.is_file():
                    found.add(path)
    return found


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file as a whole: a crash leaves the old or the new content, never a part."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        new = Path(file.name)
    try:
        new.write_bytes(data)
        new.chmod(path.stat().st_mode if path.exists() else 0o644)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
