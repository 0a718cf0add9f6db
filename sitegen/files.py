"""Writing files as a whole."""

import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace a file as a whole: a crash leaves the old or the new content, never a part."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        new.write(data)
    try:
        Path(new.name).chmod(path.stat().st_mode if path.exists() else 0o644)
        Path(new.name).replace(path)
    except BaseException:
        Path(new.name).unlink(missing_ok=True)
        raise
