"""What the site serves so that snippets run in the browser: runtime, package, script and settings."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen.common.cached_folder import cached_folder
from sitegen.common.paths import ROOT
from sitegen.common.programs.node import node
from sitegen.figures.palettes import PALETTES, STYLE
from sitegen.live.package_needs import needs
from sitegen.live.pyodide_download import PACKAGES
from sitegen.live.runtime import Runtime, runtime
from sitegen.live.wheel import Wheel, wheel

__all__ = ["CACHE", "Live", "build"]

CACHE = Path(".cache/live")
BROWSER = Path(__file__).with_name("browser")
ENTRIES = ["live.mjs", "worker.mjs", "snippets.css"]
# The Python files that the browser gets besides the package: figures are drawn as in the build.
SHIPPED = [
    "sitegen/__init__.py",
    "sitegen/figures/__init__.py",
    "sitegen/figures/backend.py",
    "sitegen/figures/palettes.py",
    "sitegen/figures/svg.py",
    "sitegen/live/__init__.py",
    "sitegen/live/display.py",
    "sitegen/live/kernel.py",
]


@dataclass(frozen=True)
class Live:
    """Folders of files with their places in the site; each name changes with its content."""

    runtime: Runtime
    assets: Path

    @property
    def folder(self) -> str:
        """Where the script is."""
        return f"assets/live/{self.assets.name}"

    def files(self) -> Iterator[tuple[str, Path]]:
        """All files to be published, by their place in the site."""
        for file in sorted(self.assets.iterdir()):
            yield f"{self.folder}/{file.name}", file
        for file in sorted(self.runtime.folder.iterdir()):
            yield f"assets/pyodide/{self.runtime.name}/{file.name}", file


def build(cache: Path = CACHE, log: Callable[[str], object] = print) -> Live | None:
    """Bring all up to date, or return nothing where the runtime cannot be had."""
    found = runtime(cache, log)
    if found is None:
        log("Snippets cannot be run in the browser: no source has the files of Pyodide")
        return None

    package = wheel(cache)

    def make(target: Path) -> None:
        _bundle(target)
        shutil.copyfile(Path(__file__).with_name("NOTICE.txt"), target / "NOTICE.txt")
        text = json.dumps(_settings(found, package), separators=(",", ":"))
        (target / "live.json").write_text(text, encoding="utf-8")

    return Live(found, cached_folder(cache / "assets" / _digest(found, package), make))


def _digest(found: Runtime, package: Wheel) -> str:
    """The hash of all that the assets are made from."""
    digest = hashlib.sha256(f"{found.name} {package.sha256}".encode())
    inputs = {*ROOT.glob("sitegen/live/**/*"), *(ROOT / name for name in SHIPPED)}
    inputs |= {ROOT / "sitegen/common/import_graph.py", ROOT / "package-lock.json"}
    for file in sorted(inputs):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(file.relative_to(ROOT).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def _bundle(target: Path) -> None:
    """Bundle our script; what only a press of a button needs becomes files of their own."""
    esbuild = Path("node_modules/esbuild/bin/esbuild").resolve()
    command: list[str | Path] = [node(), esbuild, *ENTRIES, "--bundle", "--splitting", "--format=esm", "--minify",
               "--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning",
               "--external:node:*", f"--outdir={target.resolve()}"]  # fmt: skip
    done = subprocess.run(  # noqa: S603 (our own bundler)
        command, cwd=BROWSER, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"the script cannot be bundled:\n{done.stderr}")


def _settings(found: Runtime, ours: Wheel) -> dict[str, Any]:
    """What the script has to know; the type ``Config`` in config.mjs describes it."""
    packages = found.lock["packages"]
    imports = {module: name for name, package in packages.items() for module in package["imports"]}
    imports["autograd.scipy"] = "scipy"  # the rest of autograd does without
    return {
        "runtime": f"../../pyodide/{found.name}/",
        "wheel": f"../../../{ours.uri}",
        "libraries": [*PACKAGES, "calcguide"],
        "sizes": found.sizes,
        "packages": {
            name: {
                "name": package["name"],
                "file": package["file_name"],
                "depends": package["depends"],
            }
            for name, package in packages.items()
        },
        "imports": imports,
        "needs": {
            name: [imports[module] for module in modules if module in imports]
            for name, modules in needs(ROOT / "calcguide").items()
        },
        "files": {name: (ROOT / name).read_text(encoding="utf-8") for name in SHIPPED},
        "matplotlibrc": _matplotlibrc(),
        "palettes": PALETTES,
    }


def _matplotlibrc() -> str:
    """The style of the figures as the settings that Matplotlib reads when it starts."""
    lines = ["backend: module://sitegen.live.display"]
    for key, value in STYLE.items():
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        # An unquoted # would begin a comment.
        lines.append(f'{key}: "{text}"' if "#" in text else f"{key}: {text}")
    return "\n".join(lines) + "\n"
