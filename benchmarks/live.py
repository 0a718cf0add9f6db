"""The time from opening a page to the first output of NumPy in the browser.

Sides are our page with the repacked files of Pyodide, the same page with the official files, and
JupyterLite with the same Pyodide. The same server on loopback serves them to the same browser, in
turns. Cold is a browser with a new profile, warm the second visit with it. Printed are the medians,
their ratios, and the bytes that each stage fetches.
"""

import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from _sides import repetitions, report
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from sitegen.live import browser_assets, pyodide_download

AIMS = {"official files": 0.65, "JupyterLite": 0.3}
CACHE = Path(".cache/bench")
# The release of JupyterLite's kernel that is made for this Pyodide, and what it loads of it.
JUPYTERLITE = ["jupyterlite-core==0.6.4", "jupyterlite-pyodide-kernel==0.6.1"]
NOT_IN_PYODIDE = "comm==0.2.3"
KERNEL_LOADS = ["ipython", "jedi", "micropip", "numpy", "sqlite3", "ssl"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
CODE = "import numpy as np\nprint(np.linspace(0, 1, 3) @ np.ones(3))"
PAGE = """<!doctype html><meta charset="utf-8"><title>One snippet</title>
<link rel="stylesheet" href="{folder}/snippets.css">
<main class="md-content md-typeset"><div class="language-python highlight"><pre><code>{code}
</code></pre></div></main><script type="module" src="{folder}/live.js"></script>
"""
OUTPUT = """[...document.querySelectorAll(".live-printed, .jp-OutputArea-output")]
    .some(output => output.textContent.includes("1.5"))"""
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


def write_site(folder: Path, live: browser_assets.Live, official: Path | None) -> None:
    """A page with one snippet; with the official files in place of ours if they are given."""
    for uri, source in live.files():
        target = folder / uri
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if official and (official / source.name).is_file():
            shutil.copyfile(official / source.name, target)
    (folder / "index.html").write_text(PAGE.format(folder=live.folder, code=CODE), encoding="utf-8")


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


def write_jupyterlite(folder: Path) -> bool:
    """Build JupyterLite with the same Pyodide; return whether it can be had."""
    lock = json.loads(pyodide_download.LOCK.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package["depends"] = [name.replace("_", "-") for name in package["depends"]]
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "lock.json").write_text(json.dumps(lock), encoding="utf-8")
    wanted = pyodide_download.official(CACHE / "lock.json", KERNEL_LOADS)
    if not pyodide_download.fetch(wanted, CACHE / "pyodide", print):
        return False
    python = CACHE / "jupyterlite/bin/python"
    if not python.exists():
        venv.create(CACHE / "jupyterlite", with_pip=True)
    try:
        for command in (
            ["pip", "install", "--quiet", "--disable-pip-version-check", *JUPYTERLITE],
            ["pip", "download", "--quiet", "--no-deps", "--dest", "wheels", NOT_IN_PYODIDE],
            [
                "jupyter",
                "lite",
                "build",
                "--apps",
                "repl",
                "--output-dir",
                str(folder),
                "--piplite-wheels",
                f"wheels/{NOT_IN_PYODIDE.replace('==', '-')}-py3-none-any.whl",
            ],
        ):
            subprocess.run(  # noqa: S603 (commands of our own)
                [python.absolute(), "-m", *command], check=True, capture_output=True, cwd=CACHE
            )
    except subprocess.CalledProcessError as error:
        print(f"JupyterLite cannot be had: {error}")
        return False
    shutil.copytree(CACHE / "pyodide", folder / "pyodide")
    for name in ("pyodide.js", "pyodide-lock.json"):
        shutil.copyfile(pyodide_download.NPM / name, folder / "pyodide" / name)
    settings = json.loads((folder / "jupyter-lite.json").read_text(encoding="utf-8"))
    plugins = settings["jupyter-config-data"].setdefault("litePluginSettings", {})
    kernel = plugins.setdefault("@jupyterlite/pyodide-kernel-extension:kernel", {})
    kernel["pyodideUrl"] = "./pyodide/pyodide.js"
    (folder / "jupyter-lite.json").write_text(json.dumps(settings), encoding="utf-8")
    return True


def first_output(context: BrowserContext, address: str) -> float:
    """Open the page, run the snippet and return the seconds to its output."""
    page = context.new_page()
    start = time.perf_counter()
    if address.endswith("/repl/"):  # runs the code by itself
        page.goto(f"{address}index.html?kernel=python&toolbar=0&execute=1&code={quote(CODE)}")
    else:
        page.goto(address)
        page.locator(".live-run").click()
    page.wait_for_function(OUTPUT, timeout=120_000)
    seconds = time.perf_counter() - start
    page.wait_for_timeout(1500)  # the browser stores compiled code a moment later
    page.close()
    return seconds


def visits(playwright: Playwright, address: str) -> tuple[float, float]:
    """Return the seconds of a first and of a second visit."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with profile(playwright, folder) as context:
            cold = first_output(context, address)
        with profile(playwright, folder) as context:
            return cold, first_output(context, address)


def show_bytes(name: str, folder: Path, live: browser_assets.Live) -> None:
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
    repeat = repetitions(__doc__, 5)
    live = browser_assets.build()
    official = browser_assets.CACHE / "official" / pyodide_download.official().version
    if live is None or not pyodide_download.fetch(pyodide_download.official(), official, print):
        sys.exit("Nothing to measure: no source has the files of Pyodide")
    with (
        tempfile.TemporaryDirectory() as temporary,
        served(Path(temporary)) as address,
        sync_playwright() as playwright,
    ):
        root = Path(temporary)
        write_site(root / "ours", live, None)
        write_site(root / "official", live, official)
        sides = {"ours": f"{address}ours/", "official files": f"{address}official/"}
        for name in ("ours", "official"):
            show_bytes(name, root / name, live)
        if write_jupyterlite(root / "jupyterlite"):
            sides["JupyterLite"] = f"{address}jupyterlite/repl/"
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(repeat):
            for name, side in sides.items():
                times[name].append(visits(playwright, side))
    for number, visit in enumerate(("cold", "warm")):
        medians = {
            name: statistics.median(pair[number] for pair in pairs) for name, pairs in times.items()
        }
        print(", ".join(f"{name} {median:.2f} s" for name, median in medians.items()))
        for name in sides.keys() - {"ours"}:
            what = f"first output, {visit}, ours / {name}"
            report(what, medians["ours"] / medians[name], AIMS[name])


if __name__ == "__main__":
    main()
