"""The time to the first output in the browser: repacked files against the official ones.

Both are served by the same server on loopback to the same browser, alternately. Cold is a browser
with a new profile, warm the second visit with it. Printed are medians, their ratios and the bytes
that each stage fetches; the aim is a ratio of at most 0.65, and of 0.3 against JupyterLite.
"""

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from sitegen.live import assets, sources

AIM, AIM_JUPYTERLITE = 0.65, 0.3
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
PAGE = """<!doctype html><meta charset="utf-8"><title>One snippet</title>
<link rel="stylesheet" href="{folder}/snippets.css">
<main class="md-content md-typeset"><div class="language-python highlight"><pre><code>
import numpy as np
print(np.linspace(0, 1, 3) @ np.ones(3))
</code></pre></div></main><script type="module" src="{folder}/live.js"></script>
"""
FIRST_OUTPUT = "document.querySelector('.live-printed')?.textContent.includes('1.5')"
NUMPY_PAGE = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "numpy-"]


class Handler(SimpleHTTPRequestHandler):
    """Serves as plain hosting does, with a lifetime for caches."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def write_site(folder: Path, live: assets.Live, official: Path | None) -> None:
    """A page with one snippet; with the official files in place of ours if they are given."""
    for uri, source in live.files():
        target = folder / uri
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if official and (official / source.name).is_file():
            shutil.copyfile(official / source.name, target)
    (folder / "index.html").write_text(PAGE.format(folder=live.folder), encoding="utf-8")


@contextmanager
def profile(playwright: Playwright, folder: str) -> Iterator[BrowserContext]:
    """Open a browser with a profile on disk, as a reader has."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=found, args=["--no-sandbox", "--disable-gpu", *quiet]
    )
    yield context
    context.close()


def first_output(context: BrowserContext, address: str) -> float:
    """Press Run and return the seconds to the first output."""
    page = context.new_page()
    page.goto(address)
    button = page.locator(".live-run")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    page.wait_for_function(FIRST_OUTPUT, timeout=120_000)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(1500)  # the browser stores compiled code a moment later
    page.close()
    return seconds


def visits(playwright: Playwright, address: str, act: Any = first_output) -> tuple[float, float]:
    """Return the seconds of a first and of a second visit."""
    with tempfile.TemporaryDirectory() as folder:
        with profile(playwright, folder) as context:
            cold = act(context, address)
        with profile(playwright, folder) as context:
            return cold, act(context, address)


def show_bytes(name: str, folder: Path, live: assets.Live) -> None:
    """Print what each stage fetches, as it is and as a server that compresses sends it."""
    pyodide = folder / "assets/pyodide" / live.runtime.name
    ours = folder / live.folder
    everything = sorted(pyodide.iterdir())
    stages = {
        "before the first press": [ours / "live.js", *ours.glob("chunk-*.js")],
        "the script of a run": [*ours.glob("session-*.js"), ours / "worker.js", ours / "live.json"],
        "Python and NumPy": [f for f in everything if f.name.startswith(tuple(NUMPY_PAGE))],
        "SciPy": [f for f in everything if f.name.startswith(("scipy", "openblas"))],
        "Matplotlib": [
            f
            for f in everything
            if f.name.startswith(("matplotlib", "pillow", "kiwi", "contour", "cycler", "packaging",
                                  "pyparsing", "python_dateutil", "six"))
        ],
        "scikit-learn": [f for f in everything if f.name.startswith(("scikit", "joblib", "thread"))],
    }  # fmt: skip
    print(f"{name}:")
    for stage, files in stages.items():
        contents = [file.read_bytes() for file in files]
        plain, packed = sum(map(len, contents)), sum(len(gzip.compress(c)) for c in contents)
        print(f"  {stage:24} {plain:12,} bytes, gzip {packed:12,}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    live = assets.build()
    if live is None:
        sys.exit("Nothing to measure: set PYODIDE_MIRROR")
    official = assets.CACHE / "official" / sources.official().version
    if not sources.fetch(sources.official(), official, print):
        sys.exit("The official files are not to be had")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folders = {name: Path(temporary, name) for name in ("repacked", "official")}
        for name, folder in folders.items():
            write_site(folder, live, official if name == "official" else None)
            show_bytes(name, folder, live)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in folders}
        with served(folders["repacked"]) as ours, served(folders["official"]) as theirs:
            addresses = {"repacked": ours, "official": theirs}
            for _ in range(repeats):
                for name, address in addresses.items():
                    times[name].append(visits(playwright, address))
        for number, visit in enumerate(("cold", "warm")):
            medians = {
                name: statistics.median(pair[number] for pair in pairs)
                for name, pairs in times.items()
            }
            ratio = medians["repacked"] / medians["official"]
            seconds = ", ".join(f"{name} {median:.2f} s" for name, median in medians.items())
            print(f"first output, {visit}: {seconds}; ratio {ratio:.2f} (aim: at most {AIM})")


if __name__ == "__main__":
    main()
