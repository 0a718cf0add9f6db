"""What Lighthouse says of a page of each kind, on a phone and on a desktop computer.

It looks at the built site, served as GitHub Pages serves it: compressed, and kept by the browser for ten
minutes. Accessibility, best practices and findability (SEO) are facts, and aim at 100; performance
is measured with simulated throttling, depends on the machine, and is the median of several runs.
Nothing is sent anywhere. The site is built first, unless ``--site`` names a built one.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sitegen.common.programs.node import node

PAGES = {
    "home": "",
    "tutorial": "tutorials/gradient-descent/",
    "longest tutorial": "tutorials/differential-equations/",
    "cases": "cases/",
    "case": "cases/image-classification/",
    "errata": "errata/",
    "reference": "reference/linear_models/",
    "benchmarks": "benchmarks/",
    "notebook": "notebooks/tutorials/gradient-descent/",
    "not found": "404.html",
}
AIMS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}
BASE = "/calcguide/"
PACKED = {".woff2", ".png", ".gz", ".whl", ".zip"}
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
CHROME = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Handler(SimpleHTTPRequestHandler):
    """Serves a site under its path, compressed."""

    protocol_version = "HTTP/1.1"  # connections are kept

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path.removeprefix(BASE.rstrip("/"))))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body, is_packed = path.read_bytes(), path.suffix in PACKED
        body = body if is_packed else gzip.compress(body, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        if not is_packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site, and give the address of its home page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{BASE}"
        server.shutdown()


def look(url: str, options: list[str], categories: list[str]) -> dict[str, Any]:
    """Return Lighthouse's report on one page."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            node(), "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json",
            f"--output-path={report}", "--no-enable-error-reporting",
            f"--only-categories={','.join(categories)}", f"--chrome-flags={' '.join(CHROME)}", *options,
        ]  # fmt: skip
        subprocess.run(command, check=True)  # noqa: S603 (our own command)
        result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return result


def faults(report: dict[str, Any]) -> dict[str, list[str]]:
    """Name, for each category, the audits that cost points."""
    found = {}
    for name, category in report["categories"].items():
        found[name] = [
            reference["id"]
            for reference in category["auditRefs"]
            if reference["weight"]
            and (report["audits"][reference["id"]]["score"] or 0) < 0.9
            and report["audits"][reference["id"]]["scoreDisplayMode"]
            not in ("notApplicable", "manual")
        ]
    return found


def measure(url: str, device: str, repeat: int) -> bool:
    """Print the four scores of a page on a device; return whether all reach their aims."""
    first = look(url, DEVICES[device], list(AIMS))
    speeds = [first["categories"]["performance"]["score"]]
    for _ in range(repeat - 1):
        again = look(url, DEVICES[device], ["performance"])
        speeds.append(again["categories"]["performance"]["score"])
    reached = True
    for name, aim in AIMS.items():
        score = (
            statistics.median(speeds)
            if name == "performance"
            else first["categories"][name]["score"]
        )
        verdict = "reached" if 100 * score >= aim else "missed"
        reached &= verdict == "reached"
        because = f": {', '.join(faults(first)[name])}" if verdict == "missed" else ""
        print(f"  {device}, {name}: {100 * score:.0f} (aim: {aim}, {verdict}{because})", flush=True)
    return reached


def main() -> int:
    """Look at all pages with all devices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs for the median of performance")
    parser.add_argument("--site", type=Path, help="a built site; default: build it")
    parser.add_argument("--pages", nargs="*", choices=PAGES, default=list(PAGES))
    arguments = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("skipped: there is no Chromium")
        return 0
    os.environ.setdefault("CHROME_PATH", browser)
    with tempfile.TemporaryDirectory() as folder:
        site = arguments.site
        if site is None:
            site = Path(folder, "site")
            command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
            subprocess.run([*command, "--site-dir", str(site)], check=True)  # noqa: S603
        missed: list[str] = []
        with served(site.resolve()) as home:
            for name in arguments.pages:
                file = site / PAGES[name]
                if not file.exists():
                    continue
                print(f"{name} (/{PAGES[name]})", flush=True)
                missed += [
                    f"{name} on a {device}"
                    for device in DEVICES
                    if not measure(home + PAGES[name], device, arguments.repeat)
                ]
    print(f"missed: {', '.join(missed)}" if missed else "all aims are reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
