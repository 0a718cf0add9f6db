"""What building the site costs: ours beside Sphinx with myst-nb, on the same synthetic pages.

Each page has snippets with outputs, two figures and formulas; ten make a section. Cold is a build from nothing, warm one
after a change in a snippet of one page; both sides run only what has changed. Ours runs as many pages
at once as there are processors; theirs one, for parallel builds break its execution cache. Ours also
compares every output, draws every figure in two palettes and renders every formula; theirs keeps what
has run in its execution cache. What does not depend on pages is there before: the runtime for the
browser, and the theme's script in fewer bytes. Sides take turns; theirs builds 200 pages from nothing
once only, which takes minutes. Printed are ratios of medians, and the growth with the number of pages:
the time of a page among 200, over that of a page among 50. At most 1 means no worse than linear.
"""

import argparse
import contextlib
import io
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
import venv
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from _sides import report

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".cache/bench/sphinx"
PEER_NEEDS = [
    "sphinx==9.0.4",
    "myst-nb==1.4.0",
    "ipykernel==7.4.0",
    f"numpy=={version('numpy')}",
    f"matplotlib=={version('matplotlib')}",
]
PAGES = [10, 50, 200]
LONG = 200  # so many pages take the other side minutes
WARM = 3  # builds after a change, for each from nothing
AIMS = {"cold": 0.25, "warm": 0.4}
GROWTH = 1.0

PAGE = r"""
# Page {page}

How far is the mean of $n$ draws from what it estimates? With $n = {page}1$ draws of variance
$\sigma_{{{page}}}^2$, by about $\sigma_{{{page}}} / \sqrt{{n}}$, and no cleverness changes that.

@python
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng({page})
print("page {page}, edition 0")
@

## Draws

$$
\bar x_{{{page}}} = \frac1n \sum_{{i=1}}^{{n}} x_i, \qquad
\operatorname{{Var}} \bar x_{{{page}}} = \frac{{\sigma_{{{page}}}^2}}{{n}}.
$$

@python
draws = rng.normal(size=(200, 50))
print(f"mean {{draws.mean():.6f}}, deviation {{draws.std():.6f}}")
@

@python
means = draws.mean(axis=1)
print("deviation of the means:", round(means.std() * 50**0.5, 6))
@

@python
plt.plot(np.cumsum(draws[0]), label="one path")
plt.plot(np.cumsum(draws[1]), label="another")
plt.legend()
plt.show()
@

![Two paths that wander apart](figures/paths-{page}.svg)

## Axes of a cloud

The covariance matrix $C_{{{page}}} = \frac1n X^\top X$ is symmetric, so that it has real eigenvalues:

$$
C_{{{page}}}\, v_k = \lambda_k v_k, \qquad \lambda_1 \ge \lambda_2 \ge \dots \ge \lambda_{{{page}5}} \ge 0 .
$$

@python
covariance = np.cov(draws[:, :6], rowvar=False)
values = np.linalg.eigvalsh(covariance)
print(values.round(5))
@

@python
print(f"condition number {{values[-1] / values[0]:.5f}}")
print(f"trace {{values.sum():.5f}}")
@

@python
plt.bar(np.arange(len(values)), values)
plt.xlabel("number")
plt.ylabel("eigenvalue")
plt.show()
@

![Bars that rise to the right](figures/eigenvalues-{page}.svg)

The largest, $\lambda_1$, is the variance along the first axis, and $\lambda_{{{page}5}}$ the smallest.
"""
FENCE = re.compile(r"^@python\n(.*?)^@$", re.DOTALL | re.MULTILINE)
FIGURE = re.compile(r"^!\[.*\n\n", re.MULTILINE)

OURS = """\
INHERIT: {root}/mkdocs.yml
docs_dir: docs
theme: {{custom_dir: {root}/theme}}
hooks: [{root}/sitegen/builders/mkdocs_hook.py]
watch: []
nav:
plugins: [search]
"""
NOTEBOOKS = """
  - search
  - mkdocs-jupyter: {include: ["shown/notebooks/*/*.ipynb"], execute: false, custom_mathjax_url: ""}"""
THEIRS = """\
project = "Pages"
extensions = ["myst_nb"]
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
"""


class Side:
    """A folder with pages, the command that builds it, and what a cold build does not have."""

    def __init__(
        self,
        folder: Path,
        command: list[str | Path],
        built: list[str],
        write: Callable[[str], str],
        home: Callable[[list[str]], str],
        *,
        notebooks: bool = False,
    ) -> None:
        self.folder, self.command, self.built = folder, command, built
        self.write, self.home, self.notebooks = write, home, notebooks
        (folder / "docs").mkdir(parents=True)

    def page(self, number: int) -> Path:
        """Where a page is; those with notebooks are all in one folder."""
        folder = "tutorials" if self.notebooks else f"pages/section-{number // 10:02}"
        return self.folder / "docs" / folder / f"page-{number:03}.md"

    def write_pages(self, n_pages: int) -> None:
        """Write the pages, and a home page that knows their sections."""
        for number in range(n_pages):
            path = self.page(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.write(PAGE.format(page=number)), encoding="utf-8")
        docs = self.folder / "docs"
        sections = sorted(
            {path.parent.relative_to(docs).as_posix() for path in docs.rglob("page-*.md")}
        )
        (docs / "index.md").write_text(self.home(sections), encoding="utf-8")

    def build(self) -> float:
        """Build as a writer does; return the seconds."""
        # What is first named is first looked for, so that a site's own modules win.
        environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
        environment["OPENBLAS_NUM_THREADS"] = "1"  # as `make site` does
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        # Into a file: a pipe stays open until the last helper of a build has gone, for which no writer waits.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            start = time.perf_counter()
            done = subprocess.run(  # noqa: S603 (commands of our own)
                self.command, cwd=self.folder, env=environment, stdout=log,
                stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            seconds = time.perf_counter() - start
            if done.returncode:
                log.seek(0)
                sys.exit(f"{self.command} has failed:\n{log.read()}")
        return seconds

    def cold(self) -> float:
        """Forget all that was built, then build."""
        for name in self.built:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return self.build()

    def warm(self) -> float:
        """Change a snippet in one page, then build."""
        path = self.page(3)
        text = path.read_text(encoding="utf-8")
        edition = int(re.search(r"edition (\d+)", text)[1])
        path.write_text(text.replace(f"edition {edition}", f"edition {edition + 1}"), "utf-8")
        return self.build()

    def html(self, number: int) -> str:
        """The HTML of a page."""
        page = self.page(number).relative_to(self.folder / "docs").with_suffix("")
        below = self.folder / "site" / page / "index.html"
        return (below if below.exists() else below.parent.with_suffix(".html")).read_text("utf-8")

    def bytes_per_page(self, n_pages: int) -> int:
        """What the site weighs, less what it weighs without pages, is mostly this times pages."""
        own = (".html", ".svg", ".png", ".ipynb")
        files = [path for path in (self.folder / "site").rglob("*") if path.suffix in own]
        return sum(path.stat().st_size for path in files) // n_pages


def our_page(text: str) -> str:
    """The page by our contract, with the outputs of its snippets."""
    names: dict[str, object] = {}

    def with_output(match: re.Match[str]) -> str:
        source, printed = match[1], io.StringIO()
        if "plt.show" not in source:
            with contextlib.redirect_stdout(printed):
                exec(source, names)  # noqa: S102 (our own snippets)
        fences = f"```python\n{source}```"
        if output := printed.getvalue():
            fences += f'\n\n```text title="Output"\n{output}```'
        return fences

    return FENCE.sub(with_output, text)


def their_page(text: str) -> str:
    """The same page in MyST: outputs and figures come from the kernel."""
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
    return head + FENCE.sub(r"```{code-cell}\n\1```", FIGURE.sub("", text))


def install_peer() -> bool:
    """Give the peer an environment of its own; return whether it can be had."""
    python = PEER / "bin/python"
    if not python.exists():
        venv.create(PEER, with_pip=True)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*command, *PEER_NEEDS], check=False).returncode == 0  # noqa: S603


def our_side(folder: Path, *, notebooks: bool = False) -> Side:
    """Set up the site generator of this checkout; notebooks are derived from tutorials."""
    command: list[str | Path] = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    side = Side(
        folder,
        command,
        [
            "site",
            ".cache/pages",
            ".cache/kept",
            ".cache/cards",
            ".cache/formulas",
            ".cache/templates",
        ],
        our_page,
        lambda _: "# Pages\n",
        notebooks=notebooks,
    )
    config = OURS.format(root=ROOT.as_posix())
    if notebooks:
        config = config.replace("[search]", NOTEBOOKS)
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")
    for name in ("node_modules", "CHANGELOG.md"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".cache").mkdir()
    (ROOT / ".cache/live").mkdir(parents=True, exist_ok=True)
    (folder / ".cache/live").symlink_to(ROOT / ".cache/live")
    return side


def their_side(folder: Path) -> Side:
    """Set up Sphinx, with its default theme."""
    command: list[str | Path] = [PEER / "bin/python", "-m", "sphinx", "-q", "docs", "site"]
    side = Side(folder, command, ["site", ".jupyter_cache"], their_page, their_home)
    (folder / "docs/conf.py").write_text(THEIRS, encoding="utf-8")
    return side


def their_home(sections: list[str]) -> str:
    """A table of contents with the sections that ours finds in the folders."""
    trees = (f"```{{toctree}}\n:caption: {name}\n:glob:\n{name}/page-*\n```\n" for name in sections)
    return "\n".join(["# Pages\n", *trees])


def same_content(ours: Side, theirs: Side) -> bool:
    """Whether both show the same: every output, both figures, every formula."""
    for number in (0, 3):
        html = [side.html(number) for side in (ours, theirs)]
        wanted = re.findall(r'title="Output"\n(.*?)\n```', ours_source(ours, number), re.DOTALL)
        for output in wanted:
            if not all(output.replace('"', "&quot;") in strip_tags(page) for page in html):
                print(f"page {number}: {output!r} is not on both sides")
                return False
        counts = html[0].count('class="katex"'), len(re.findall('class="math', html[1]))
        figures = html[0].count("#only-light"), len(re.findall("<img[^>]*_images", html[1]))
        if counts[0] != counts[1] or figures != (2, 2):
            print(f"page {number}: formulas {counts}, figures {figures}")
            return False
    return True


def ours_source(side: Side, number: int) -> str:
    """A page as we have it."""
    return side.page(number).read_text(encoding="utf-8")


def strip_tags(html: str) -> str:
    """The text of a page."""
    return re.sub(r"<[^>]+>", "", html)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=textwrap.dedent(__doc__ or ""), formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, nargs="*", default=PAGES)
    parser.add_argument("--repeat", type=int, default=3, help="builds from nothing")
    parser.add_argument("--notebooks", action="store_true", help="derive notebooks as well")
    parser.add_argument("--alone", action="store_true", help="measure our side only")
    arguments = parser.parse_args()
    if not arguments.alone and not install_peer():
        sys.exit("Sphinx and myst-nb cannot be had")
    medians: dict[tuple[str, str, int], float] = {}
    for n_pages in arguments.pages:
        with tempfile.TemporaryDirectory() as name:
            sides = {"ours": our_side(Path(name, "ours"), notebooks=arguments.notebooks)}
            if not arguments.alone:
                sides["theirs"] = their_side(Path(name, "theirs"))
            for side in sides.values():
                side.write_pages(n_pages)
            times: dict[tuple[str, str], list[float]] = {}
            for turn in range(arguments.repeat):
                for kind in ("cold", *WARM * ["warm"]):
                    for who, side in sides.items():
                        if kind == "cold" and who == "theirs" and turn and n_pages >= LONG:
                            continue
                        times.setdefault((kind, who), []).append(getattr(side, kind)())
            for (kind, who), seconds in times.items():
                medians[kind, who, n_pages] = median = statistics.median(seconds)
                print(f"{n_pages} pages, {kind}, {who}: {median:.1f} s", flush=True)
            for who, side in sides.items():
                print(f"{n_pages} pages, {who}: {side.bytes_per_page(n_pages):,} bytes a page")
            if not arguments.alone:
                correct = same_content(*sides.values())
                for kind, aim in AIMS.items():
                    ratio = medians[kind, "ours", n_pages] / medians[kind, "theirs", n_pages]
                    report(f"{n_pages} pages, {kind}, ours / Sphinx", ratio, aim, correct=correct)
    if {50, 200} <= set(arguments.pages):
        for kind in AIMS:
            some, many = (medians[kind, "ours", n] / n for n in (50, 200))
            report(f"growth, {kind}", many / some, GROWTH)


if __name__ == "__main__":
    main()
