"""The site for those who use the keyboard, a screen reader, large print, little motion or colours of their own."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.figures.palettes import PALETTES
from tests.site.looks import (
    ALL,
    AXE,
    COLOURS,
    DEVICES,
    OPEN,
    SCROLLING,
    Box,
    Looks,
    faults,
    use_palette,
)

ROOT = Path(__file__).parents[2]
PHONE = DEVICES["phone"] | {"color_scheme": "light"}
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


def test_axe_finds_no_fault(looks: Looks) -> None:
    assert [] == looks.faults


# What no page may have: colours that are too weak, for some words of the code in one palette only, boxes
# that scroll and cannot be reached, targets that are too small, and what has no name.
PLANTED = """() => {
    const style = document.createElement("style");
    style.textContent = `
        .highlight .nn, .highlight .o, .md-typeset p > strong { color: #bbb !important }
        [data-md-color-scheme=slate] .highlight .mi { color: #555 !important }
        .katex-display { overflow-x: scroll !important; max-width: 4rem }`;
    document.head.append(style);
    for (const box of document.querySelectorAll(".katex-display")) box.removeAttribute("tabindex");
    const small = "<a href=# style=font-size:6px>a</a> ".repeat(9);
    document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${small}</p><button></button><img src=#>`);
}"""


def test_axe_finds_the_same_faults_on_a_page_that_is_lightened(browser: Any, address: str) -> None:
    found = {}
    for lighten in (False, True):
        with closing(browser.new_page(**PHONE)) as page:
            page.goto(address + "tutorials/gradient-descent/")
            page.evaluate(OPEN)
            page.evaluate(PLANTED)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            light = faults(page, "", "light", ALL, lighten=lighten)
            use_palette(page, "dark")
            dark = faults(page, "", "dark", {"type": "rule", "values": COLOURS}, lighten=lighten)
        found[lighten] = {
            (fault.palette, fault.rule, kind(place))
            for fault in (*light, *dark)
            for place in fault.places
        }
    assert found[False] == found[True]
    rules = {(palette, rule) for palette, rule, _ in found[True]}
    wanted = [
        "button-name",
        "color-contrast",
        "image-alt",
        "scrollable-region-focusable",
        "target-size",
    ]
    assert {*(("light", rule) for rule in wanted), ("dark", "color-contrast")} == rules
    words = {place for palette, rule, place in found[True] if palette == "dark"}
    assert '<span class="mi">' in words


def kind(html: str) -> str:
    """Return the first tag of a piece of HTML."""
    return html.partition(">")[0] + ">"


def test_what_scrolls_has_a_name(looks: Looks) -> None:
    """Or a screen reader says nothing where the keyboard stops."""
    assert looks.scrolling
    assert [] == [box for box in looks.scrolling if not is_named(box)]


def is_named(box: Box) -> bool:
    return (box.tab_index, box.role) == (0, "group") and bool(box.label)


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
    device = PHONE | {"viewport": {"width": width, "height": 800}}
    with closing(browser.new_page(**device)) as page:
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
    assert [] == [box for box in after if not is_named(Box("", *box))]


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
            if stop["what"] in ("Solution", "Cite this page"):
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
