"""A server shows a changed page before it builds the whole site, which is then as a build from nothing makes it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sitegen.builders.preview import publish

ROOT = Path(__file__).parents[3]
PATIENCE = 300  # seconds, for a machine that does much else
PAGE = """\
# First

Some prose with $x^2$.

```python
import matplotlib.pyplot as plt

plt.plot([1, 2], [3, 4])
plt.show()
```

![A line that rises](figures/line.svg)
"""


class Served:
    """A small site, served by MkDocs in a process of its own."""

    def __init__(self, site: Any, folder: Path) -> None:
        self.site, self.log = site, folder / "log.txt"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home = f"http://127.0.0.1:{self.port}/calcguide/"
        self.environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "NO_MKDOCS_2_WARNING": "1",
            "SOURCE_DATE_EPOCH": "0",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "mkdocs", "serve", "--livereload"]
        command += ["--dev-addr", f"127.0.0.1:{self.port}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=site.root, env=self.environment, stdout=log, stderr=log
            )
        self.wait_for("Serving on", 1)

    def said(self, words: str) -> int:
        return self.log.read_text(encoding="utf-8").count(words)

    def wait_for(self, words: str, times: int) -> None:
        """Wait until the log has said something so many times."""
        end = time.monotonic() + PATIENCE
        while self.said(words) < times:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def read(self, uri: str) -> str:
        with urllib.request.urlopen(self.home + uri, timeout=PATIENCE) as answer:  # noqa: S310
            return str(answer.read().decode())

    def epoch(self) -> int:
        """The version of the site that a browser has now."""
        (found,) = re.findall(r"^livereload\((\d+),", self.read(""), re.MULTILINE)
        return int(found)

    def files(self) -> dict[str, bytes]:
        (folder,) = (self.site.root / ".cache/served").iterdir()
        return content(folder)

    def built_from_nothing(self, folder: Path) -> dict[str, bytes]:
        """The same pages as built by `mkdocs build`, for the address of the server."""
        folder.mkdir()
        (folder / ".cache").mkdir()
        for name in ("node_modules", "CHANGELOG.md", "CITATION.cff", ".cache/live"):
            (folder / name).symlink_to(ROOT / name)
        shutil.copytree(self.site.docs, folder / "docs")
        text = (self.site.root / "mkdocs.yml").read_text(encoding="utf-8")
        (folder / "mkdocs.yml").write_text(f"site_url: {self.home}\n{text}", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict"],
            cwd=folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert 0 == done.returncode, done.stderr
        return content(folder / "site")


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def children(pid: int) -> list[int]:
    """The processes below one, which Linux lists."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for child in found for below in children(child)]


def runs(pid: int) -> bool:
    try:
        return "Z" != Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def served(small_site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    small_site.write("tutorials/first.md", PAGE)
    found = Served(small_site, tmp_path_factory.mktemp("served"))
    yield found
    found.process.terminate()
    found.process.wait()


def test_a_changed_page_is_shown_first_and_then_the_site_is_as_if_built_from_nothing(
    served: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    epoch = served.epoch()
    served.site.write("tutorials/first.md", PAGE.replace("Some prose", "Other prose"))
    served.wait_for("Reloading browsers: tutorials/first.md", 1)
    assert 1 == served.said("Documentation built"), "the complete build follows"
    assert "Other prose" in served.read("tutorials/first/")
    shown = served.epoch()
    assert shown > epoch
    served.wait_for("Documentation built", 2)
    served.wait_for("Reloading browsers\n", 1)
    assert shown == served.epoch(), "nothing that the reader sees has changed since"

    # A snippet: its page is shown before it runs, and again with its figure, before the complete build.
    before, gate = served.read("tutorials/figures/line.svg"), served.site.root / "gate"
    gated = f"import time\nfrom pathlib import Path\n\nwhile not Path({str(gate)!r}).exists():\n    time.sleep(0.05)\n"
    served.site.write(
        "tutorials/first.md",
        PAGE.replace("[3, 4]", "[4, 3]").replace("import m", gated + "import m"),
    )
    served.wait_for("Reloading browsers: tutorials/first.md", 2)
    assert "time.sleep" in text_of(served.read("tutorials/first/"))
    assert before == served.read("tutorials/figures/line.svg")
    shown = served.epoch()
    gate.touch()
    served.wait_for("Reloading browsers: tutorials/first.md", 3)
    assert shown < served.epoch()
    figure = served.read("tutorials/figures/line.svg")
    assert before != figure
    assert 2 == served.said("Documentation built"), "the complete build follows"
    served.wait_for("Documentation built", 3)
    served.wait_for("Reloading browsers\n", 2)
    assert figure == served.read("tutorials/figures/line.svg")

    # What other pages show needs the complete build, and another reload.
    shown = served.epoch()
    served.site.write("cases/index.md", "# Other cases\n\nWith letters that are new: ΦΨΩ.\n")
    served.wait_for("Documentation built", 4)
    served.wait_for("Reloading browsers\n", 3)
    assert shown < served.epoch()
    assert "ΦΨΩ" in served.read("cases/")

    folder = tmp_path_factory.mktemp("cold")
    expected, found = served.built_from_nothing(folder / "site"), served.files()
    assert expected.keys() == found.keys()
    assert [] == [name for name in expected if expected[name] != found[name]]


def test_a_mistake_is_reported_and_corrected_without_a_new_server(served: Served) -> None:
    served.site.write("tutorials/first.md", PAGE.replace("plt.show()", "1 / 0"))
    served.wait_for("ZeroDivisionError", 1)
    served.site.write("tutorials/first.md", PAGE.replace("plt.show()", "while True:\n    pass"))
    served.wait_for("Reloading browsers: tutorials/first.md", 2)
    served.site.write("tutorials/first.md", PAGE.replace("Some prose", "Sound prose"))
    served.wait_for("Another change: building again", 1)
    served.wait_for("Documentation built", 2)
    assert "Sound prose" in served.read("tutorials/first/")
    (served.site.docs / "tutorials/first.md").unlink()
    served.wait_for("An error happened during the rebuild", 2)
    assert 0 == served.said("FileNotFoundError"), "the navigation is what is wrong"
    served.site.write("tutorials/first.md", PAGE.replace("Some prose", "Prose again"))
    served.wait_for("Documentation built", 3)
    assert "Prose again" in served.read("tutorials/first/")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="reads what Linux tells")
def test_no_process_outlives_the_server_that_is_killed(served: Served) -> None:
    sleep = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(1000)'])"
    served.site.write("tutorials/first.md", PAGE.replace("plt.show()", sleep))
    end = time.monotonic() + PATIENCE

    def has_started() -> bool:
        """Whether the page has a process, below the one of the server of processes."""
        servers = children(served.process.pid)
        return any(children(page) for server in servers for page in children(server))

    while not has_started():
        assert time.monotonic() < end
        time.sleep(0.05)
    below = children(served.process.pid)
    served.process.kill()
    served.process.wait()
    while any(map(runs, below)):
        assert time.monotonic() < end, "a process of the server goes on"
        time.sleep(0.05)


def test_publishing_makes_a_folder_as_another_and_says_what_differed(tmp_path: Path) -> None:
    built, shown = tmp_path / "built", tmp_path / "shown"
    for name in ("same", "below/changed", "new"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text(name, encoding="utf-8")
    for name, text in (("same", "same"), ("below/changed", "as it was"), ("gone", "")):
        (shown / name).parent.mkdir(parents=True, exist_ok=True)
        (shown / name).write_text(text, encoding="utf-8")
    with (shown / "below/changed").open(encoding="utf-8") as reader:
        assert {"below/changed", "new", "gone"} == set(publish(built, shown))
        assert "as it was" == reader.read(), "who reads a file reads it to its end"
    assert content(built) == content(shown)
    assert [] == publish(built, shown)
