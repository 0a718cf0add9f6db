"""Where a Chromium is on this machine, and printing with it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["find_chromium", "print_to_pdf"]

NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]
MINUTES = 10
# It reads files of ours only, and can reach no host: the sandbox, which some machines lack, guards nothing.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
]


def find_chromium() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def print_to_pdf(chromium: str, page: Path, target: Path, *options: str) -> None:
    """Print a file of HTML; it is tagged for screen readers if no option says otherwise.

    Raises
    ------
    RuntimeError
        If it cannot be printed.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium, *FLAGS, *options, f"--user-data-dir={profile}",
                   f"--print-to-pdf={target.resolve()}", page.resolve().as_uri()]  # fmt: skip
        done = subprocess.run(  # noqa: S603 (the browser of this machine)
            command, capture_output=True, encoding="utf-8", timeout=60 * MINUTES, check=False
        )
    if done.returncode or not target.is_file():
        raise RuntimeError(f"{chromium} could not print {page}:\n{done.stderr}")
