"""The site for those who use the keyboard, a screen reader, large print, little motion or colours of their own."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.figures.palettes import PALETTES

ROOT = Path(__file__).parents[2]
# AAA is left out: it asks for contrast of 7 : 1 and targets of 44 pixels, which code and formulas cannot have.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
# The drawn part of formulas has the colour of the text around it and is not read out: thousands of single letters.
AXE = "options => axe.run({ exclude: ['.katex-html'] }, options)"
# By what the system asks for: the site's colours, and what they are looked at for; all else is the same in both.
SCHEMES = {
    "light": ("default", {"type": "tag", "values": RULES}),
    "dark": ("slate", {"type": "rule", "values": COLOURS}),
}
LOOKS: dict[int, dict[str, Any]] = {
    width: {
        "viewport": {"width": width, "height": 800},
        "color_scheme": "light",
        "has_touch": width < 500,
        "is_mobile": width < 500,
    }
    for width in (360, 1280)
}
# Opens all solutions, and comes past everything, for scripts add to what comes into view.
OPEN = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await document.fonts.ready;
    for (const box of document.querySelectorAll("details")) box.open = true;
    for (const box of document.querySelectorAll(".part, .doc-contents")) box.style.contentVisibility = "visible";
    dispatchEvent(new Event("resize"));
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await frame();
    }
    scrollTo(0, 0);
    for (let count = 0; count < 5; count++) await frame();
}"""
# What fades in or out has other colours on the way.
SETTLE = """async () => {
    for (let count = 0; count < 2; count++) await new Promise(requestAnimationFrame);
    const ends = document.getAnimations().map(one => one.finished);
    await Promise.race([Promise.allSettled(ends), new Promise(done => setTimeout(done, 2000))]);
}"""
SCROLLING = """() => [...document.querySelectorAll(".md-typeset *")]
    .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1
        && ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
        && !box.querySelector("textarea"))
    .map(box => [box.tabIndex, box.getAttribute("role"), box.ariaLabel, box.outerHTML.slice(0, 100)])"""
# What has the focus, and how it can be seen: by an outline, or by lying above the page.
FOCUS = """() => {
    const at = document.activeElement;
    if (at === document.body) return { what: "nothing", where: "", seen: true, inside: true };
    // The buttons for the colours are fields that nobody sees, with labels that everybody sees.
    const shown = at.matches("input.md-option") ? at.nextElementSibling : at;
    const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
    return {
        what: (at.ariaLabel || at.title || at.textContent || at.placeholder).trim().slice(0, 60),
        where: at.closest("header, main, footer, .md-tabs")?.tagName ?? "",
        seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight
            && box.right > 0 && box.left < innerWidth,
    };
}"""


def focused(page: Any) -> dict[str, Any]:
    stop: dict[str, Any] = page.evaluate(FOCUS)
    if not stop["inside"]:  # what opens takes its time
        page.wait_for_timeout(400)
        stop = page.evaluate(FOCUS)
    return stop


def paths(site: Path) -> list[str]:
    files = sorted(site.rglob("*.html"))
    return [file.relative_to(site).as_posix().removesuffix("index.html") for file in files]


@pytest.mark.parametrize("width", LOOKS)
def test_axe_finds_no_fault(width: int, browser: Any, address: str, site: Path) -> None:
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    faults = []
    with closing(browser.new_page(**LOOKS[width])) as page:
        for path in paths(site):
            page.goto(address + path)
            page.evaluate(OPEN)
            page.evaluate(axe)
            for scheme, (name, run_only) in SCHEMES.items():
                page.emulate_media(color_scheme=scheme)
                page.wait_for_function(
                    "name => document.body.dataset.mdColorScheme === name", arg=name
                )
                page.evaluate(SETTLE)
                options = {"runOnly": run_only, "resultTypes": ["violations"]}
                for violation in page.evaluate(AXE, options)["violations"]:
                    nodes = [node["html"][:160] for node in violation["nodes"]]
                    faults.append((path, scheme, violation["id"], violation["help"], nodes[:3]))
            # Named, or a screen reader says nothing where the keyboard stops.
            unnamed = [
                box for box in page.evaluate(SCROLLING) if box[:2] != [0, "group"] or not box[2]
            ]
            faults += [(path, "scrolls", box) for box in unnamed]
            page.emulate_media(color_scheme="light")
    assert [] == faults


def test_formulas_are_read_out_as_mathematics(read_browser: Any, address: str) -> None:
    """Those too that have not been laid out yet."""
    with closing(read_browser.new_page()) as page:
        page.goto(address + "tutorials/gradient-descent/")
        shown = page.locator(".md-content .katex").count()
        session = page.context.new_cdp_session(page)
        session.send("Accessibility.enable")
        page.wait_for_timeout(1000)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        spoken = [node for node in nodes if node["role"]["value"] == "MathMLMath"]
        closed = page.locator("details:not([open]) .katex").count()
    assert shown > 50
    # Those in closed solutions are not part of the tree yet.
    assert shown - closed == len(spoken)
    assert not any(node.get("ignored") for node in spoken)


def test_the_drawn_part_of_a_formula_is_not_read_out_again(site: Path) -> None:
    for file in site.rglob("*.html"):
        source = file.read_text(encoding="utf-8")
        assert source.count('class="katex-html"') == source.count(
            'class="katex-html" aria-hidden="true"'
        )
        assert source.count('class="katex-html"') == len(re.findall(r"<math\b", source))


@pytest.mark.parametrize("width", [360, 390])
def test_what_scrolls_stays_within_reach_after_editing(
    width: int, browser: Any, address: str
) -> None:
    look = {**LOOKS[360], "viewport": {"width": width, "height": 800}}
    with closing(browser.new_page(**look)) as page:
        page.goto(address + "tutorials/gradient-descent/")
        page.evaluate(OPEN)
        before = page.evaluate(SCROLLING)
        scrolls = "boxes => boxes.findIndex(box => box.querySelector('pre > code[tabindex]'))"
        box = page.locator(".live").nth(page.locator(".live").evaluate_all(scrolls))
        box.get_by_role("button", name="Edit").click()
        editor = box.locator("textarea")
        editor.focus()
        page.keyboard.type("# changed\n")
        page.keyboard.press("Escape")
        box.get_by_role("button", name="Reset").click()
        page.wait_for_function("!document.querySelector('.live-editor')")
        page.evaluate(OPEN)
        after = page.evaluate(SCROLLING)
    assert before == after
    assert before
    assert [] == [box for box in after if box[:2] != [0, "group"] or not box[2]]


def test_a_page_can_be_walked_through_with_the_keyboard_alone(browser: Any, address: str) -> None:
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(address + "tutorials/vector-calculus/", wait_until="networkidle")
        page.keyboard.press("Tab")
        assert "Skip to content" == page.evaluate(FOCUS)["what"]
        page.keyboard.press("Enter")
        page.locator(":target").wait_for()
        page.keyboard.press("Tab")
        assert "MAIN" == page.evaluate(FOCUS)["where"], "the skip link does not skip"

        page.goto(address + "tutorials/vector-calculus/", wait_until="networkidle")
        stops = []
        for _ in range(600):
            page.keyboard.press("Tab")
            stop = focused(page)
            if stop["what"] == "nothing":  # the end of the page
                break
            stops.append(stop)
            if stop["what"] == "Solution":
                page.keyboard.press("Enter")
        else:
            pytest.fail(f"the focus never leaves the page; at the end it was on {stops[-3:]}")
        where = list(dict.fromkeys(stop["where"] for stop in stops if stop["where"]))
        whats = [stop["what"] for stop in stops]
        opened = page.locator("details[open]").count()
        closed = page.locator("details:not([open])").count()
    for wanted in ("Search", "Run", "Edit", "Run all"):
        assert wanted in whats, wanted
    assert ["HEADER", "NAV", "MAIN", "FOOTER"] == where
    assert opened > 0
    assert 0 == closed
    assert [] == [stop for stop in stops if not (stop["seen"] and stop["inside"])]


def test_the_menu_of_a_narrow_window_is_within_reach(browser: Any, address: str) -> None:
    """A window of 360 px is also what remains of 1440 px where text is enlarged four times."""
    with closing(browser.new_page(viewport={"width": 360, "height": 740})) as page:
        page.goto(address + "tutorials/vector-calculus/", wait_until="networkidle")
        stops = []
        for _ in range(25):
            page.keyboard.press("Tab")
            stops.append(focused(page))
        assert [] == [stop for stop in stops if not (stop["seen"] and stop["inside"])]

        menu = page.get_by_role("button", name="Menu")
        assert "false" == menu.get_attribute("aria-expanded")
        menu.focus()
        page.keyboard.press("Enter")
        assert "true" == menu.get_attribute("aria-expanded")
        link = page.locator(".md-sidebar--primary").get_by_role(
            "link", name="Differential equations"
        )
        link.focus()
        page.wait_for_timeout(400)
        assert page.evaluate(FOCUS)["inside"]
        page.keyboard.press("Escape")
        assert "false" == menu.get_attribute("aria-expanded")
        assert "Menu" == page.evaluate(FOCUS)["what"]


def test_search_works_with_the_keyboard_alone(browser: Any, address: str) -> None:
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address, wait_until="networkidle")
        assert not any("search" in url for url in asked), "the search is loaded before it is wanted"
        page.keyboard.press("/")
        page.keyboard.type("momentum")
        page.locator(".md-search-result__link").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**h=momentum**")
        page.locator("mark[data-md-highlight]").first.wait_for()


def test_motion_stops_where_it_is_not_wanted(browser: Any, address: str) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
        const style = getComputedStyle(element);
        return style.animationName !== "none" || style.scrollBehavior === "smooth"
            || style.transitionDuration.split(", ").some(time => parseFloat(time) > 0);
    }).length"""
    for wish, holds in (
        ("no-preference", lambda count: count > 0),
        ("reduce", lambda count: count == 0),
    ):
        with closing(browser.new_page(reduced_motion=wish)) as page:
            page.goto(address + "tutorials/gradient-descent/", wait_until="networkidle")
            assert holds(page.evaluate(moving)), wish


def test_figures_and_icons_stay_visible_in_colours_of_the_system(
    browser: Any, address: str
) -> None:
    with closing(browser.new_page(forced_colors="active", color_scheme="light")) as page:
        page.goto(address + "tutorials/gradient-descent/")
        ground = "element => getComputedStyle(element).backgroundColor"
        icon = "element => getComputedStyle(element, '::before').backgroundColor"
        figure = page.locator(".figure img").first.evaluate(ground)
        title = page.locator("summary, .admonition-title").first
        assert "rgb(253, 252, 250)" == figure
        assert title.evaluate(icon) != page.locator("body").evaluate(ground)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert 21 == pytest.approx(contrast("#000000", "#ffffff"))
    assert 4.48 == pytest.approx(contrast("#777777", "#ffffff"), abs=0.005)


@pytest.mark.parametrize("palette", PALETTES)
def test_figures_stand_out_on_every_ground_they_are_seen_on(palette: str) -> None:
    """Text by 4.5 : 1 (WCAG 2.2, 1.4.3), lines by 3 : 1 (1.4.11), on the page, in a box and on the paper of a legend."""
    css = (ROOT / "theme/assets/styles/colours.css").read_text(encoding="utf-8")
    scheme = {"light": "default", "dark": "slate"}[palette]
    start = css.index(f'[data-md-color-scheme="{scheme}"] {{')
    found = re.search(r"--md-default-bg-color: (#[0-9a-f]{6});", css[start:])
    assert found
    ink, _, paper, *lines = PALETTES[palette].values()
    assert len(lines) == 6
    for ground in (found[1], paper):
        assert contrast(ink, ground) >= 4.5
        assert [] == [line for line in lines if contrast(line, ground) < 3]
