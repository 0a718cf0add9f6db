"""How long an author waits: from saving a change to the reload of the browser, and for a build from nothing.

Each loop is measured in a copy of the checkout, so that nothing here changes. With ``--against PATH`` another
checkout, which needs its own environment in ``.venv``, is measured in the same run: the sides take turns,
and the ratios of their medians are printed as well. What does not depend on pages, the runtime for the browser,
is there before.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from _sides import report

ROOT = Path(__file__).resolve().parents[1]
PAGE = "tutorials/gradient-descent"
PROSE = re.compile(r"^(?=[A-Z][a-z]+ [a-z]+ )", re.MULTILINE)
SNIPPET = re.compile(r"^```python\n", re.MULTILINE)
UNUSED = "calcguide/no_page_imports_this.py"
# What is measured, and the ratio that is aimed at.
LOOPS = {
    "cold": ("a build from nothing", 0.8),
    "comment": ("a comment changed in a module that no page imports", 0.25),
    "prose": ("prose changed, until the browser reloads", 0.25),
    "snippet": ("a snippet of a long page changed, until the browser reloads", 0.4),
}


class Side:
    """A copy of a checkout in which pages can be changed, with the server that shows it."""

    def __init__(self, checkout: Path, folder: Path, port: int, *, warm: bool) -> None:
        self.checkout, self.folder, self.port = checkout, folder, port
        self.home = f"http://127.0.0.1:{port}/calcguide/"
        self.log = folder.with_suffix(".log")
        self.page = folder / f"docs/{PAGE}.md"
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=checkout, check=True, capture_output=True, encoding="utf-8",
        ).stdout  # fmt: skip
        for name in filter(None, names.split("\0")):
            if (checkout / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(checkout / name, folder / name)
        (checkout / ".cache/live").mkdir(parents=True, exist_ok=True)
        live = shutil.ignore_patterns("live", "bench", "tmp*")
        if warm:
            shutil.copytree(checkout / ".cache", folder / ".cache", ignore=live, symlinks=True)
        else:
            (folder / ".cache").mkdir()
        for name in ("node_modules", ".venv", ".cache/live"):
            (folder / name).symlink_to(checkout / name)
        self.number = 0

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start MkDocs, which writes into the log."""
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = str(self.folder)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with self.log.open("w") as log:
            return subprocess.Popen(  # noqa: S603 (our own environment)
                [self.folder / ".venv/bin/python", "-m", "mkdocs", *arguments],
                cwd=self.folder, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def build(self) -> float:
        """Build as a writer does; return the seconds."""
        start = time.perf_counter()
        if self.start("build", "--strict").wait():
            sys.exit(f"{self.checkout}: the build has failed:\n{self.log.read_text('utf-8')}")
        return time.perf_counter() - start

    def cold(self) -> float:
        """Forget all that depends on pages, then build."""
        shutil.rmtree(self.folder / "site", ignore_errors=True)
        for path in (self.folder / ".cache").iterdir():
            if path.name != "live":
                shutil.rmtree(path)
        return self.build()

    def comment(self) -> float:
        """Change a comment in a module that no page imports, then build."""
        self.number += 1
        (self.folder / UNUSED).write_text(f"# Edition {self.number}.\n", encoding="utf-8")
        return self.build()

    def said(self, words: str) -> int:
        """How often the server has logged something."""
        return self.log.read_text(encoding="utf-8").count(words)

    def serve(self) -> "subprocess.Popen[bytes]":
        """Serve the site; return when it can be read."""
        server = self.start("serve", "--livereload", "--dev-addr", f"127.0.0.1:{self.port}")
        while not self.said("Serving on"):
            if server.poll() is not None:
                sys.exit(f"{self.checkout}: no server:\n{self.log.read_text('utf-8')}")
            time.sleep(0.1)
        return server

    def get(self, address: str) -> str:
        """Read what the server has at an address."""
        with urllib.request.urlopen(address, timeout=600) as answer:  # noqa: S310 (our own server)
            return str(answer.read().decode())

    def reload(self, pattern: re.Pattern[str], change: str) -> float:
        """Change the page; return the seconds until a browser has read it again, and wait for the rest."""
        self.number += 1
        built = self.said("Documentation built")
        url = self.home + f"{PAGE}/"
        (epoch,) = re.findall(r"^livereload\((\d+),", self.get(url), re.MULTILINE)
        text = (self.checkout / "docs" / f"{PAGE}.md").read_text(encoding="utf-8")
        place = pattern.search(text, len(text) // 2)
        if place is None:
            sys.exit(f"{self.page} has no place for a change")
        edition = change.format(self.number)
        start = time.perf_counter()
        self.page.write_text(text[: place.end()] + edition + text[place.end() :], encoding="utf-8")
        poll = f"http://127.0.0.1:{self.port}/livereload/{epoch}/1"
        while int(self.get(poll)) <= int(epoch):
            pass
        shown = self.get(url)
        seconds = time.perf_counter() - start
        if f"Edition {self.number} " not in re.sub(r"<[^>]*>", "", shown):
            sys.exit(f"{self.checkout}: the page that was reloaded is not the one that was saved")
        while self.said("Documentation built") == built:
            time.sleep(0.1)
        time.sleep(1)  # until the server has seen all that was written
        return seconds

    def prose(self) -> float:
        """Change a word of the prose."""
        return self.reload(PROSE, "Edition {} ")

    def snippet(self) -> float:
        """Change a snippet in the middle of the page."""
        return self.reload(SNIPPET, "# Edition {} of this snippet\n")


def measure(sides: dict[str, Side], loops: list[str], repeat: int) -> None:
    """Let the sides take turns at each loop; print the medians, and their ratio if there are two."""
    if "cold" not in loops:
        for side in sides.values():
            side.build()
    servers = []
    try:
        for loop in loops:
            what, aim = LOOPS[loop]
            if loop in ("prose", "snippet") and not servers:
                servers += [side.serve() for side in sides.values()]
            times: dict[str, list[float]] = {name: [] for name in sides}
            # The first time is not counted where it does more: it reads what is warm afterwards.
            for turn in range(repeat + (loop != "cold")):
                for name, side in sides.items():
                    seconds = getattr(side, loop)()
                    if turn or loop == "cold":
                        times[name].append(seconds)
            medians = {name: statistics.median(values) for name, values in times.items()}
            seconds = ", ".join(f"{name} {median:.2f} s" for name, median in medians.items())
            print(f"{what}: {seconds}", flush=True)
            if len(medians) > 1:
                report(what, medians["now"] / medians["before"], aim)
    finally:
        for server in servers:
            server.terminate()
            server.wait()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout with its environment")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each loop (5)")
    parser.add_argument("--loops", nargs="*", choices=LOOPS, default=list(LOOPS), help="all")
    arguments = parser.parse_args()
    checkouts = {"now": ROOT}
    if arguments.against is not None:
        checkouts["before"] = arguments.against.resolve()
    (ROOT / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".cache") as name:
        sides = {
            side: Side(
                checkout, Path(name, side), 8700 + number, warm="cold" not in arguments.loops
            )
            for number, (side, checkout) in enumerate(checkouts.items())
        }
        measure(sides, arguments.loops, arguments.repeat)
    if arguments.against is None:
        print("compare with another checkout by --against PATH")


if __name__ == "__main__":
    main()
