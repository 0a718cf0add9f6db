"""Snippets run in a browser: all of them as the page says, and every button as it should."""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from sitegen.figures.palettes import PALETTES
from sitegen.pages.comparison import agree
from sitegen.pages.contract import Snippet, read
from sitegen.pages.sources import page_files

ROOT = Path(__file__).parents[2]
ONE_BAR_EACH = """[...document.querySelectorAll(".live")]
    .every(box => box.querySelectorAll(".live-bar").length === 1)"""
# Milliseconds that no page takes: two slow processors, all its snippets, and other tests at the same time.
LONG = 900_000
START = "tutorials/vector-calculus/"

# What the live outputs show, a list for each snippet that can be run.
SEEN = """() => [...document.querySelectorAll(".live")].map(box => {
    const next = box.nextElementSibling;
    const output = next?.matches(".live-output") ? next : document.createElement("div");
    const text = kind => [...output.querySelectorAll(`.live-${kind}`)].map(e => e.textContent).join("");
    return {
        printed: text("printed"), warned: text("warned"), error: text("error"),
        figures: [...output.querySelectorAll("img")].map(image => image.alt),
        status: box.querySelector(".live-status").textContent,
    };
})"""


@pytest.fixture(scope="module")
def site_with_buttons(site: Path) -> Path:
    """Return the site; without the files of Pyodide there is nothing to test."""
    if not (site / "assets/pyodide").is_dir():
        pytest.fail("no source has the files of Pyodide: set PYODIDE_MIRROR")
    return site


@contextmanager
def visits(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open pages that may ask nothing of other hosts and report no error."""
    opened, asked, errors = [], [], []

    def visit(path: str = START, **options: object) -> Any:
        page = browser.new_page(**options)
        opened.append(page)
        page.set_default_timeout(LONG)
        # A worker's requests are seen by the context only.
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        page.locator(".live-bar").first.wait_for()
        return page

    yield visit
    for page in opened:
        page.close()
    assert [] == errors
    assert [] == [url for url in asked if not url.startswith((address, "data:", "blob:"))]


@pytest.fixture
def visit(browser: Any, address: str, site_with_buttons: Path) -> Iterator[Callable[..., Any]]:
    """Open pages, each with a Python of its own, which takes seconds to start."""
    with visits(browser, address) as visit:
        yield visit


@pytest.fixture(scope="module")
def page_of_many(browser: Any, address: str, site_with_buttons: Path) -> Iterator[Any]:
    """Return the page of those tests that need no Python of their own."""
    with visits(browser, address) as visit:
        yield visit()


@pytest.fixture
def shared(page_of_many: Any) -> Any:
    """Return a page as it was built, with the Python of the tests before."""
    page_of_many.evaluate("document.body.dataset.mdColorScheme = 'default'")
    page_of_many.evaluate(
        "document.querySelectorAll('.live-reset:not([hidden])').forEach(button => button.click())"
    )
    page_of_many.wait_for_function("!document.querySelector('.live-output, .live-editor')")
    return page_of_many


def settled(page: Any) -> None:
    """Wait until nothing runs."""
    page.wait_for_function("!document.querySelector('.live-busy')", timeout=LONG)


def snippet(page: Any, number: int = 1) -> Any:
    return page.locator(".live").nth(number - 1)


def output(page: Any, number: int = 1) -> str:
    return page.evaluate(SEEN)[number - 1]["printed"]


def write(page: Any, code: str, number: int = 1) -> None:
    """Replace the code of a snippet."""
    cell = snippet(page, number)
    if cell.locator("textarea").count() == 0:
        cell.get_by_role("button", name="Edit").click()
    cell.locator("textarea").fill(code)


def run(page: Any, code: str | None = None, number: int = 1) -> dict[str, Any]:
    """Run a snippet, with other code if need be, and return what is seen of it."""
    if code is not None:
        write(page, code, number)
    snippet(page, number).get_by_role("button", name="Run", exact=True).click()
    settled(page)
    return page.evaluate(SEEN)[number - 1]


# Every snippet


def pages_with_snippets() -> list[Path]:
    return [path for path in page_files(Path("docs")) if read(path).snippets]


@pytest.mark.parametrize("path", pages_with_snippets(), ids=Path.as_posix)
def test_every_snippet_does_in_the_browser_what_its_page_says(
    visit: Callable[..., Any], path: Path
) -> None:
    inside = path.relative_to("docs").with_suffix("")
    folder = inside.parent if inside.name == "index" else inside
    page = visit(f"{folder.as_posix()}/".removeprefix("./"))
    page.get_by_role("button", name="Run all").click()
    settled(page)
    promised = [one for one in read(path).snippets if not (one.skip_reason or one.not_live_reason)]
    seen = page.evaluate(SEEN)
    assert len(promised) == len(seen)
    differing = [
        f"{path}:{wanted.line}: {kind}\n{wanted.promised('output')}{got}"
        for wanted, got in zip(promised, seen, strict=True)
        for kind in differences(wanted, got)
    ]
    assert not differing, "\n\n".join(differing)


def differences(wanted: Snippet, got: dict[str, Any]) -> Iterator[str]:
    """Yield what a snippet does other than its page says; a warning is nowhere said."""
    error = got["error"].splitlines()[-1] if got["error"] else ""
    # A traceback has the full name of the exception, `str` has the place of a syntax error.
    error = re.sub(r"^[\w.]+\.(?=\w+(?::|$))", "", error)
    promised = re.sub(r" \([^()]*, line \d+\)$", "", wanted.promised("error").strip())
    if not agree(wanted.promised("output"), got["printed"]) or got["warned"]:
        yield "output"
    if not agree(promised, error):
        yield "error"
    if len(wanted.figures) != len(got["figures"]):
        yield "figures"


# Before the first press


def test_before_the_first_press_little_is_loaded(
    browser: Any, address: str, site_with_buttons: Path
) -> None:
    with closing(browser.new_page()) as page:
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        page.goto(address + START, wait_until="networkidle")
        ours = [url.removeprefix(address) for url in asked if "/assets/live/" in url]
        scripts = [url for url in ours if url.endswith(".js")]
        assert scripts
        sizes = [len(gzip.compress((site_with_buttons / url).read_bytes())) for url in scripts]
        assert sum(sizes) <= 5000
        assert [] == [url for url in ours if not url.endswith((".js", ".css"))]
        assert [] == [url for url in asked if "pyodide" in url]


def test_a_page_of_numpy_fetches_neither_scipy_nor_matplotlib(visit: Callable[..., Any]) -> None:
    page = visit()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    run(page, "import numpy as np\nfrom calcguide.derivatives import gradient\nprint(np.ones(2))")
    assert "[1. 1.]\n" == output(page)
    assert any(name.startswith("numpy-") for name in asked)
    assert [] == [name for name in asked if name.startswith(("scipy", "openblas", "matplotlib"))]


def test_a_browser_without_webassembly_says_so(browser: Any, address: str) -> None:
    with closing(browser.new_page()) as page:
        page.add_init_script("delete globalThis.WebAssembly")
        page.goto(address + START)
        assert "no WebAssembly" in page.locator(".live-page").inner_text()
        assert 0 == page.locator(".live-bar").count()
        assert page.locator(".filename.output").first.is_visible()


def test_a_runtime_that_does_not_answer_is_reported(visit: Callable[..., Any]) -> None:
    page = visit()
    page.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    seen = run(page)
    assert "could not be loaded" in seen["error"]
    page.context.unroute("**/pyodide.asm.wasm")
    assert run(page, "print('at the second press')")["printed"] == "at the second press\n"


def test_a_package_that_cannot_be_fetched_is_named_and_fetched_at_the_next_press(
    visit: Callable[..., Any],
) -> None:
    page = visit()
    for name, code, printed in (
        ("numpy", "import numpy as np\nprint(np.ones(1))", "[1.]\n"),  # while Python starts
        ("matplotlib", "import matplotlib as m\nprint(m.__name__)", "matplotlib\n"),
        ("openblas", "import scipy.special as s\nprint(s.expit(0.0))", "0.5\n"),  # for SciPy
        ("calcguide", "import calcguide\nprint(calcguide.__name__)", "calcguide\n"),
    ):
        page.context.route(f"**/{name}-*", lambda route: route.abort())
        seen = run(page, code)
        assert re.search(rf"Could not fetch .*\b{name}-.*Press Run to try again", seen["error"])
        assert "" == seen["printed"]
        assert "Not run" in seen["status"]
        assert "fine\n" == run(page, "print('fine')")["printed"], "this needs no file"
        page.context.unroute(f"**/{name}-*")
        assert printed == run(page, code)["printed"]


# One snippet after the other


def test_those_above_run_first_and_the_live_output_replaces_the_static_one(
    visit: Callable[..., Any],
) -> None:
    page = visit()
    static = snippet(page, 1).locator("xpath=following-sibling::*[1]")
    assert "Output" in static.inner_text()
    run(page, "print(first)", 2)
    # Edited: the name is not there, so the error is that of the second snippet alone.
    seen = page.evaluate(SEEN)
    assert "Done" in seen[0]["status"]
    assert "NameError: name 'first' is not defined" in seen[1]["error"]
    assert "Output, live" in page.locator(".live-title").first.inner_text()
    assert 1 == page.locator(".live + .live-output").filter(has_text="60 degrees").count()
    assert 0 == page.locator(".filename.output:visible").filter(has_text="60 degrees").count()


def test_the_snippet_that_is_asked_for_counts_those_that_run_before_it(
    visit: Callable[..., Any],
) -> None:
    page = visit()
    page.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelectorAll(".live-status")[2];
            new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true});
        }"""
    )
    for number in (1, 2):
        write(page, f"print({number})", number)
    run(page, "print(3)", 3)
    waiting = [text for text in page.evaluate("said") if text.startswith("Waiting")]
    assert [
        "Waiting: snippet 1 runs, 1 of 3",
        "Waiting: snippet 2 runs, 2 of 3",
    ] == list(dict.fromkeys(waiting))


def test_edit_run_copy_and_reset(shared: Any) -> None:
    page = shared
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    original = snippet(page).locator("code").text_content()
    assert "1764\n" == run(page, "n = 42\nprint(n * n)")["printed"]
    snippet(page).hover()
    snippet(page).locator(".md-code__button").first.click()
    assert "n = 42\nprint(n * n)" == page.evaluate("navigator.clipboard.readText()").strip()
    snippet(page).get_by_role("button", name="Reset").click()
    assert original == snippet(page).locator("code").text_content()
    assert snippet(page).locator("code").is_visible()
    assert 0 == snippet(page).locator("textarea").count()
    assert 0 == page.locator(".live-output:visible").count()
    assert snippet(page).locator("xpath=following-sibling::*[1]").is_visible()
    assert "42\n" == run(page, "print(n)", 2)["printed"], "the variables are kept"


def test_restart_forgets_the_variables(shared: Any) -> None:
    page = shared
    run(page, "kept = 1")
    page.get_by_role("button", name="Restart").click()
    snippet(page).get_by_role("button", name="Reset").click()
    assert "NameError" in run(page, "print(kept)", 1)["error"]


def test_the_package_knows_its_version_and_its_data(shared: Any) -> None:
    code = (
        "import importlib.metadata, calcguide\n"
        "from calcguide.datasets import load_diabetes\n"
        "print(importlib.metadata.version('calcguide') == calcguide.__version__)\n"
        "print(__name__, load_diabetes().data.shape == (442, 10))\n"
        "1 + 1\n"
    )
    assert "True\n__main__ True\n" == run(shared, code)["printed"]


# Errors


def test_an_exception_is_cut_to_the_readers_code_and_its_line_is_marked(shared: Any) -> None:
    page = shared
    code = "import numpy as np\n\n\ndef f(A):\n    return np.linalg.inv(A)\n\n\nf(np.zeros((2, 3)))"
    seen = run(page, code)
    assert "LinAlgError: Last 2 dimensions of the array must be square" in seen["status"]
    assert ["snippet 1", "snippet 1"] == re.findall(r'File "(.*?)"', seen["error"])
    mark = snippet(page).locator(".live-mark")
    line = page.locator(".live-editor .pce-line").nth(4).bounding_box()
    assert abs(mark.bounding_box()["y"] - line["y"]) < 2
    write(page, "print(1)")
    assert 0 == mark.count(), "the mark goes with the code it marks"


def test_the_mark_is_on_the_right_line_of_code_that_is_not_edited(shared: Any) -> None:
    page = shared
    run(page, "import numpy as np")
    seen = run(page, None, 2)  # uses what the first one has not defined now
    assert "NameError: name 'hill' is not defined" in seen["error"]
    mark = snippet(page, 2).locator(".live-mark").bounding_box()
    place = page.evaluate(
        """cell => {
            const texts = document.createTreeWalker(cell.querySelector("code"), NodeFilter.SHOW_TEXT);
            while (!texts.nextNode().data.includes("hill"));
            const word = document.createRange();
            word.setStart(texts.currentNode, texts.currentNode.data.indexOf("hill"));
            word.setEnd(texts.currentNode, texts.currentNode.data.indexOf("hill") + 4);
            const place = word.getBoundingClientRect();
            return place.y + place.height / 2;
        }""",
        snippet(page, 2).element_handle(),
    )
    assert mark["y"] < place < mark["y"] + mark["height"]


# Prints a traceback as it is when the code is that of a file.
AS_FILE = """
import traceback
with open("file.py", "w", encoding="utf-8") as file:
    file.write({code!r})
try:
    exec(compile({code!r}, "file.py", "exec"), {{}})
except BaseException as error:
    report = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
    print("".join(report).replace('"file.py"', '"snippet 1"'))
"""


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    return 2 + 1 / x\n\n\nprint(f(0))",
        "numbers = [1]\nnumbers[0] + numbers[1] + 1",
        "if True:\n    value = 1 + 2 / 0 + 3",
        "größe, ñ = 0, 1\nñ + ñ / größe + ñ",
        "total = (\n    1\n    + 2 / 0\n)",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    {}['é'] + 1",
        "text = 'a\x0cb'\ntext + 'c' + (1 / 0)",
        "no_such_name",
        "1 + 2 / 0 + 3\n",
    ],
)
def test_a_traceback_marks_the_same_columns_as_that_of_a_file(shared: Any, code: str) -> None:
    got = run(shared, code)["error"]
    assert run(shared, AS_FILE.format(code=code), 2)["printed"].rstrip() == got


def test_a_module_that_is_missing_is_answered_with_what_there_is(shared: Any) -> None:
    seen = run(shared, "import pandas")
    assert "ModuleNotFoundError: No module named 'pandas'" == seen["status"]
    (note,) = shared.locator(".live-note").all_inner_texts()
    assert "numpy, scipy, matplotlib, scikit-learn, autograd, calcguide" in note
    run(shared, "1 / 0")
    assert 0 == shared.locator(".live-note").count()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("print('a')\nx = = 2", "SyntaxError: invalid syntax"),
        ("print(no_such_name)", "NameError: name 'no_such_name' is not defined"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("input()", "EOFError"),
    ],
    ids=["syntax", "name", "module", "exit", "input"],
)
def test_an_error_says_what_and_leaves_python_usable(shared: Any, code: str, message: str) -> None:
    seen = run(shared, code)
    assert message in seen["error"]
    assert "" == seen["printed"]
    assert "fine\n" == run(shared, "print('fine')")["printed"]


def test_a_warning_is_shown_each_time(shared: Any) -> None:
    code = "import warnings\nwarnings.warn('not so good')\nprint('all the same')"
    for _ in range(2):
        seen = run(shared, code)
        assert "all the same\n" == seen["printed"]
        assert "snippet 1:2: UserWarning: not so good" in seen["warned"]


# Stop


def stop(page: Any, code: str, first: str = "started") -> str:
    """Run what does not end, stop it, and return the status."""
    write(page, code)
    snippet(page).get_by_role("button", name="Run", exact=True).click()
    page.locator(".live-output").filter(has_text=first).wait_for()
    snippet(page).get_by_role("button", name="Stop").click()
    settled(page)
    return page.evaluate(SEEN)[0]["status"]


@pytest.mark.parametrize(
    "code",
    [
        "print('started')\nwhile True:\n    pass",
        "import time\nprint('started')\ntime.sleep(1000)",
        "while True:\n    print('started')",
        "print('started')\nwhile True:\n    try:\n        len([])\n    except Exception:\n        pass",
    ],
    ids=["loop", "sleep", "flood", "except"],
)
def test_stop_ends_it_and_keeps_the_variables(shared: Any, code: str) -> None:
    run(shared, "kept = 'kept'")
    assert "Stopped, your variables are kept" == stop(shared, code)
    assert "kept\n" == run(shared, "print(kept)")["printed"]


def test_what_is_printed_is_capped(shared: Any) -> None:
    seen = run(shared, "for i in range(60_000):\n    print('0123456789')")
    assert len(seen["printed"]) < 201_000
    assert "… the rest is not shown" in seen["printed"]


def test_what_cannot_be_stopped_ends_with_the_interpreter(shared: Any) -> None:
    page = shared
    run(page, "import numpy as np")
    long = "print('started', flush=True)\nA = np.ones((2500, 2500))\nnp.linalg.svd(A)"
    # Nothing leaves the worker while LAPACK has it, so what is printed is not waited for.
    write(page, long)
    snippet(page).get_by_role("button", name="Run", exact=True).click()
    page.wait_for_timeout(1000)
    snippet(page).get_by_role("button", name="Stop").click()
    settled(page)
    seen = page.evaluate(SEEN)[0]
    assert "Stopped, Python was restarted" == seen["status"]
    assert "NameError" in run(page, "print(A)")["error"]


def test_stop_while_python_is_loading(visit: Callable[..., Any]) -> None:
    page = visit()
    page.get_by_role("button", name="Run all").click()
    snippet(page).get_by_role("button", name="Stop").click()
    settled(page)
    statuses = [one["status"] for one in page.evaluate(SEEN)]
    assert "Stopped, Python was restarted" == statuses[0]
    assert {"Not run"} == set(statuses[1:])


# The page around it


def test_a_progress_bar_is_there_while_python_loads_and_then_gone(
    visit: Callable[..., Any],
) -> None:
    page = visit()
    page.evaluate(
        """() => {
            window.steps = [];
            new MutationObserver(() => {
                const bar = document.querySelector("[role=progressbar]");
                if (bar) steps.push(Number(bar.getAttribute("aria-valuenow")));
            }).observe(document.body, {subtree: true, childList: true, attributes: true});
        }"""
    )
    run(page, "print(1)")
    steps = page.evaluate("steps")
    assert len(set(steps)) > 1
    assert steps == sorted(steps)
    assert 0 == page.locator("[role=progressbar]").count()


def test_the_palette_switch_recolours_live_figures(shared: Any) -> None:
    page = shared
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    assert 1 == len(run(page, code)["figures"])
    line = list(PALETTES["light"])[3]
    for palette in ("light", "dark"):
        svg = page.evaluate(
            """async () => {
                const image = document.querySelector(".live-output img");
                await image.decode();
                const canvas = document.createElement("canvas");
                canvas.width = image.naturalWidth;
                canvas.height = image.naturalHeight;
                const context = canvas.getContext("2d");
                context.drawImage(image, 0, 0);
                const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
                const colours = new Set();
                for (let i = 0; i < data.length; i += 4) {
                    const rgb = [data[i], data[i + 1], data[i + 2]];
                    if (data[i + 3] === 255)
                        colours.add("#" + rgb.map(c => c.toString(16).padStart(2, "0")).join(""));
                }
                return [...colours];
            }"""
        )
        assert PALETTES[palette][line] in svg
        page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
        page.wait_for_timeout(200)


def test_figures_have_the_alt_texts_of_the_page(visit: Callable[..., Any]) -> None:
    page = visit()
    number = 1 + next(
        i
        for i, one in enumerate(read(Path("docs/tutorials/vector-calculus.md")).snippets)
        if one.figures
    )
    alt = page.locator(".figure img").first.get_attribute("alt")
    assert [alt] == run(page, None, number)["figures"]


def pythons(page: Any) -> list[Any]:
    return [worker for worker in page.workers if "/assets/live/" in worker.url]


def test_a_page_that_is_left_takes_its_run_along(
    visit: Callable[..., Any], site: Path, address: str
) -> None:
    home = "https://calcguide.github.io/calcguide/"
    site_map = (site / "sitemap.xml").read_text(encoding="utf-8").replace(home, address)
    page = visit()
    page.context.route(
        "**/sitemap.xml", lambda route: route.fulfill(body=site_map, content_type="text/xml")
    )
    page.reload(wait_until="networkidle")
    page.evaluate("window.same = true")
    write(page, "print('started')\nwhile True:\n    pass")
    snippet(page).get_by_role("button", name="Run", exact=True).click()
    page.locator(".live-output").filter(has_text="started").wait_for()
    assert 1 == len(pythons(page))
    page.locator(".md-tabs").get_by_role("link", name="Tutorials").click()
    page.wait_for_url("**/gradient-descent/")
    page.locator(".live-bar").first.wait_for()
    assert page.evaluate("window.same"), "the page was loaded anew"
    for _ in range(40):  # the end of a worker is told late, on a busy machine very late
        page.wait_for_timeout(500)
        if not pythons(page):
            break
    assert [] == pythons(page)
    assert page.evaluate(ONE_BAR_EACH)
    assert "here\n" == run(page, "print('here')")["printed"]
    page.go_back()
    page.wait_for_url(f"**/{START}")
    page.locator(".live-bar").first.wait_for()
    assert page.evaluate(ONE_BAR_EACH)


def test_two_tabs_have_their_own_variables(shared: Any, visit: Callable[..., Any]) -> None:
    one, other = shared, visit()
    run(one, "mine = 1")
    assert "NameError" in run(other, "print(mine)")["error"]
    assert "1\n" == run(one, "print(mine)")["printed"]


def test_all_can_be_done_with_the_keyboard(shared: Any) -> None:
    page = shared
    button = snippet(page).get_by_role("button", name="Edit")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("textarea").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("for i in range(2):\nprint(i)")  # the second line is indented by the editor
    page.keyboard.press("Control+Enter")
    settled(page)
    assert "0\n1\n" == output(page)
    page.keyboard.press("Shift+Enter")
    settled(page)
    assert "0\n1\n" == output(page)
    page.keyboard.press("Tab")
    assert "TEXTAREA" != page.evaluate("document.activeElement.tagName"), "Tab leaves the editor"
    run_button = snippet(page).get_by_role("button", name="Run", exact=True)
    run_button.focus()
    page.keyboard.press("Enter")
    settled(page)
    assert "Run" == page.evaluate("document.activeElement.textContent"), "the focus stays"


def test_a_phone_shows_all_without_scrolling_sideways_and_axe_finds_nothing(
    visit: Callable[..., Any],
) -> None:
    page = visit(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    code = (
        "import matplotlib.pyplot as plt\nimport warnings\nprint('word ' * 100)\n"
        "plt.plot([1, 2])\nplt.show()\nwarnings.warn('a warning')\n1 / 0"
    )
    seen = run(page, code)
    assert seen["printed"]
    assert seen["warned"]
    assert seen["error"]
    assert 1 == len(seen["figures"])
    assert "none" == page.evaluate(
        "getComputedStyle(document.querySelector('.live-status'), '::before').animationName"
    )
    # axe asks of all boxes what is given to them when they are laid out.
    page.add_style_tag(content=".part { content-visibility: visible !important }")
    page.evaluate("dispatchEvent(new Event('resize'))")
    page.wait_for_timeout(500)
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    for scheme in ("default", "slate"):
        page.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
        page.wait_for_timeout(200)
        assert 390 == page.evaluate("document.documentElement.scrollWidth")
        result = page.evaluate("axe.run({resultTypes: ['violations']})")
        faults = [
            (fault["id"], [node["html"][:200] for node in fault["nodes"]])
            for fault in result["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert [] == faults, scheme
