"""Runs inside Pyodide, from repack.mjs: write the files of ``/from`` to ``/to``, smaller and faster.

The modules that are used are byte-compiled, what a page cannot use is left out, and Matplotlib gets
a list of its fonts, for upstream's wheel makes it search for them. The lock gets the new hashes.
"""

import hashlib
import importlib.util
import json
import marshal
import re
import shutil
import zipfile
from pathlib import Path

SITE = "/lib/python3.12/site-packages/"
STDLIB = "/lib/python312.zip/"
TESTS = r"(?:.*/)?tests?/"
SOURCES = r".*\.(?:pyi|pxd|pyx|pxi|c|h|cpp|f)$"
LEFT_OUT = {
    "numpy": rf"numpy/(?:_core/(?:include|lib)|core/include|random/(?:lib|_examples))/|{SOURCES}|{TESTS}",
    "scipy": rf"{SOURCES}|{TESTS}",
    # STIX regular stays: mathtext falls back to it.
    "matplotlib": r"matplotlib/mpl-data/(?:sample_data|images|fonts/(?:afm|pdfcorefonts))/"
    r"|matplotlib/mpl-data/fonts/ttf/(?:STIX.*(?:Bol|Ita).*|STIXNonUniIta|DejaVuSerif"
    rf"|DejaVuSansMono-(?:Bold|Oblique))|{SOURCES}|{TESTS}",
    "scikit_learn": rf"sklearn/datasets/images/|{SOURCES}|{TESTS}",
    "pillow": SOURCES,
    "python_stdlib.zip": r"(?:pydoc_data|ensurepip|turtledemo|idlelib|lib2to3)/",
}
DATE = (2024, 1, 1, 0, 0, 0)


def compiled(source: bytes, name: str) -> bytes:
    """Return a .pyc whose source is not looked for."""
    code = compile(source, name, "exec", dont_inherit=True)
    flags = (1).to_bytes(4, "little")
    head = importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source)
    return head + marshal.dumps(code)


def repack(source: Path, target: Path, place: str, modules: set[str], fonts: str) -> None:
    """Write one archive anew."""
    key = source.name if source.name in LEFT_OUT else source.name.partition("-")[0]
    left_out = re.compile(LEFT_OUT.get(key, r"(?!)"))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:

        def put(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content, compresslevel=9)

        for name in old.namelist():
            fonts_given = fonts and name == "matplotlib/fontlist.json"
            if name.endswith("/") or left_out.match(name) or fonts_given:
                continue
            content = old.read(name)
            if place + name in modules:
                put(f"{name}c", compiled(content, place + name))
            else:
                put(name, content)
        if fonts and key == "matplotlib":
            put("matplotlib/fontlist.json", fonts.encode())


def main(used: str, fonts: str) -> None:
    """Write all files, and last the lock."""
    modules = set(json.loads(used))
    lock = json.loads(Path("/from/pyodide-lock.json").read_text())
    for source in sorted(Path("/from").iterdir()):
        target = Path("/to", source.name)
        if source.suffix in (".whl", ".zip"):
            place = STDLIB if source.name == "python_stdlib.zip" else SITE
            repack(source, target, place, modules, fonts)
        else:
            shutil.copyfile(source, target)
    for package in lock["packages"].values():
        content = Path("/to", package["file_name"]).read_bytes()
        package["sha256"] = hashlib.sha256(content).hexdigest()
    Path("/to/pyodide-lock.json").write_text(json.dumps(lock, separators=(",", ":")))
