"""What testing a page costs: the page tests against the same code in a bare interpreter.

Both run the snippets of synthetic pages and draw the same figures as SVG, in the style of the site,
alternately, in processes of their own. Printed is the ratio of the medians; the aim is at most 2.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from _sides import median_seconds, report

from sitegen.pages.comparison import check, update_outputs
from sitegen.pages.figure_records import update_figures

N_SNIPPETS, AIM = 20, 2.0

NUMBERS = """\
```python
rng = np.random.default_rng({seed})
A = rng.normal(size=(120, 40))
values = np.linalg.svd(A, compute_uv=False)
print(f"{seed}: condition number {{values[0] / values[-1]:.6f}}")
print(values[:4])
```
"""

FIGURE = """\
```python
x = np.linspace(0, 2 * np.pi, 200)
plt.plot(x, np.sin({seed} % 7 * x), label="sine")
plt.legend()
plt.show()
```

![A sine wave](figures/wave-{page}-{seed}.svg)
"""

FLOOR = """\
import io, pathlib, sys
import matplotlib
matplotlib.use("svg")
import matplotlib.pyplot as plt
from sitegen.figures.palettes import STYLE

plt.style.use(STYLE)

def show():
    for number in plt.get_fignums():
        plt.figure(number).savefig(io.StringIO(), format="svg")
    plt.close("all")

plt.show = show
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
"""


def write_pages(folder: Path, n_pages: int) -> None:
    """Write the pages with their outputs, and beside each the script that a reader would copy."""
    for number in range(n_pages):
        path = folder / f"page-{number:03}.md"
        snippets = ["```python\nimport matplotlib.pyplot as plt\nimport numpy as np\n```\n"]
        for seed in range(1, N_SNIPPETS):
            template = FIGURE if seed % 5 == 0 else NUMBERS
            snippets.append(template.format(seed=seed, page=number))
        path.write_text("# Page\n\n" + "\n".join(snippets), encoding="utf-8")
        page, run, _ = check(path)
        update_outputs(page, run)
        page, run, problems = check(path)
        assert not problems, problems
        update_figures(page, run.records)
        path.with_suffix(".py").write_text(page.script(), encoding="utf-8")


def run(*command: str) -> None:
    """Run a command of the interpreter."""
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def main() -> None:
    """Write the pages, time both, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, default 5")
    parser.add_argument("--pages", type=int, default=30, help="number of pages, default 30")
    arguments = parser.parse_args()
    repeat, n_pages = arguments.repeat, arguments.pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"writing {n_pages} pages of {N_SNIPPETS} snippets", flush=True)
        write_pages(folder, n_pages)
        floor = folder / "floor"
        floor.write_text(FLOOR, encoding="utf-8")
        tests = "tests/pages/test_pages.py::test_page"
        times = median_seconds(
            repeat,
            bare=lambda: run(str(floor), name),
            tested=lambda: run(
                "-m", "pytest", "-q", "-p", "no:cacheprovider", "--pages", name, tests
            ),
        )
    report("page tests / bare interpreter", times["tested"] / times["bare"], AIM)


if __name__ == "__main__":
    main()
