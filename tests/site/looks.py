"""Look at every page of the built site once with each device, for all tests that ask what is to be seen.

Opening a page and coming past everything on it costs most of what looking at it costs, so it is done
once: in one palette and, without opening it again, in the other.
"""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"

# Each begins with another palette.
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "phone": {
        "viewport": {"width": 360, "height": 800},
        "color_scheme": "dark",
        "has_touch": True,
        "is_mobile": True,
    },
}
PALETTES = {"light": "default", "dark": "slate"}  # as the system names them, and as the site does

# AAA is left out: it asks for contrast of 7 : 1 and targets of 44 pixels, which code and formulas cannot have.
ALL = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The other palette changes what these find, another width also what the last two find.
COLOURS = ["color-contrast", "link-in-text-block"]
WIDTHS = [*COLOURS, "target-size", "scrollable-region-focusable"]

# Opens all solutions, and comes past everything, because scripts add to what comes into view.
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
COPIED = """() => [...document.querySelectorAll(".md-code__button")]
    .filter(button => button.checkVisibility())
    .map(button => button.closest(".highlight").classList[0])"""
SCROLLING = """() => [...document.querySelectorAll(".md-typeset *")]
    .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1
        && ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
        && !box.querySelector("textarea"))
    .map(box => [box.tabIndex, box.getAttribute("role"), box.ariaLabel, box.outerHTML.slice(0, 200)])"""

# axe takes a time for each element that grows with their number. What cannot change its findings goes:
# - the letters drawn for a formula, which are not read out and have the colour of the text around it;
# - in a block of code, all but one of the words that look the same, which are its text then;
# - in looks at colours and widths, the formula as it is read out, which is not seen.
LIGHTEN = """everything => {
    const bases = [...document.querySelectorAll(".katex-base")];
    const widths = bases.map(base => base.getBoundingClientRect().width);
    bases.forEach((base, i) => {
        base.style.width = `${widths[i]}px`;
        for (const part of [...base.children]) if (!part.matches(".katex-strut")) part.remove();
    });
    for (const code of document.querySelectorAll("pre code")) {
        const seen = new Set();
        for (const word of code.querySelectorAll("span[class]:not([id]):not(:has(*))")) {
            const { color, backgroundColor, opacity, fontSize, fontWeight } = getComputedStyle(word);
            const look = [word.className, color, backgroundColor, opacity, fontSize, fontWeight].join();
            if (seen.has(look)) word.replaceWith(word.textContent);
            else seen.add(look);
        }
        code.normalize();
    }
    if (!everything) for (const formula of document.querySelectorAll("math")) formula.replaceChildren();
}"""
FAULTS = """async rules => {
    const options = { runOnly: rules, resultTypes: ["violations"] };
    const { violations } = await axe.run({ exclude: [".katex-html"] }, options);
    return violations.map(({ id, help, nodes }) => [id, help, nodes.map(node => node.html.slice(0, 160))]);
}"""


class Fault(NamedTuple):
    """What axe has found on a page: the rule, what it asks for, and the places."""

    path: str
    palette: str
    rule: str
    advice: str
    places: list[str]


class Box(NamedTuple):
    """A box that scrolls sideways, with what the keyboard and a screen reader know of it."""

    path: str
    tab_index: int
    role: str | None
    label: str | None
    html: str


@dataclass
class Looks:
    """What was to be seen while one browser looked at all pages."""

    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)
    scrolling: list[Box] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def look(browser: Any, device: str, address: str, paths: list[str]) -> Looks:
    """Look at pages in both palettes.

    On the desktop axe applies all rules to every page. On the phone it applies all of them to one page
    of each folder, which has the same template as the others, and to the others those that depend on
    colours and widths.
    """
    seen, folders = Looks(), set[str]()
    options = DEVICES[device]
    first: str = options["color_scheme"]
    with closing(browser.new_page(**options)) as page:
        page.on("request", lambda asked: seen.asked.append(asked.url))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("console", lambda m: m.type in ("error", "warning") and seen.errors.append(m.text))
        for path in paths:
            folder = path.removesuffix("/").rpartition("/")[0]
            everything = device == "desktop" or not folder or folder not in folders
            folders.add(folder)
            page.goto(address + path)
            page.evaluate(OPEN)
            if page.evaluate("document.documentElement.scrollWidth") > options["viewport"]["width"]:
                seen.too_wide.append(path)
            seen.copied |= set(page.evaluate(COPIED))
            seen.scrolling += [Box(path, *box) for box in page.evaluate(SCROLLING)]

            page.evaluate(AXE.read_text(encoding="utf-8"))
            rules = ALL if everything else {"type": "rule", "values": WIDTHS}
            seen.faults += faults(page, path, first, rules)
            (other,) = PALETTES.keys() - {first}
            use_palette(page, other)
            seen.faults += faults(page, path, other, {"type": "rule", "values": COLOURS})
            page.emulate_media(color_scheme=first)
    return seen


def faults(
    page: Any, path: str, palette: str, rules: dict[str, Any], *, lighten: bool = True
) -> list[Fault]:
    """Return what axe finds on an open page."""
    if lighten:
        page.evaluate(LIGHTEN, rules is ALL)
    page.evaluate(SETTLE)
    return [
        Fault(path, palette, rule, advice, places)
        for rule, advice, places in page.evaluate(FAULTS, rules)
    ]


def use_palette(page: Any, name: str) -> None:
    """Ask for another palette, as a system does in the evening."""
    page.emulate_media(color_scheme=name)
    page.wait_for_function(
        "name => document.body.dataset.mdColorScheme === name", arg=PALETTES[name]
    )
