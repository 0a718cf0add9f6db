"""The guide as one PDF: the built pages in the order of the navigation, printed by Chromium.

All pages become one document, so that links between them are links within it. When it is printed, its pages
have numbers; those are printed once more for the contents alone, and laid over them.
"""

import base64
import hashlib
import html
import io
import logging
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

from sitegen.common.cache import Cache
from sitegen.common.files import write_atomically
from sitegen.common.html import Node, attribute, find, home_of, inside, is_local, parse
from sitegen.common.programs import chromium as printer
from sitegen.common.programs.chromium import print_to_pdf
from sitegen.outputs.navigation import parts, settings

__all__ = ["Chapter", "chapters", "document", "page_numbers", "print_guide"]

# Chromium miscounts its objects by a few; pypdf reads them nevertheless.
logging.getLogger("pypdf").setLevel(logging.ERROR)

LEFT_OUT = {
    "Home",
    "Reference",
    "About",
}  # parts of the navigation that are better read on the site
PRINTED = Cache("printed", sources=[Path(__file__), Path(printer.__file__)])
FONTS = Path("node_modules/@fontsource-variable/source-sans-3/files")
TITLE = "The calculus behind machine learning"

_NOT_PRINTED = '.headerlink, img[src$="#only-dark"]'
_NAMES = ("[id]", "[for]", "[aria-labelledby]", "[aria-describedby]", "a[name]")

LAYOUT = """
@page { size: A4; margin: 19mm 17mm 21mm; @bottom-center { content: counter(page); font: 9pt sans-serif; color: #555; } }
@page title { @bottom-center { content: none; } }
.guide-title { page: title; padding-top: 62mm; }
.guide-title h1 { font-size: 30pt !important; margin-bottom: 5mm; }
.guide-title .lead { font-size: 14pt; max-width: 130mm; }
.guide-title .small { margin-top: 78mm; color: #555; }
.guide-contents, .guide-chapter { break-before: page; padding-top: 3mm; } /* else Chromium lists a heading twice */
.md-typeset .guide-contents ol { margin: 0; padding: 0; list-style: none; }
.md-typeset .guide-contents ol ol { padding-left: 6mm; }
.md-typeset .guide-contents li { margin: 0; break-inside: auto; }
.guide-contents .part { margin-top: 4mm; font-weight: 650; break-after: avoid; }
.md-typeset .guide-contents a { display: flex; color: inherit; text-decoration: none !important; }
.guide-contents .leader { flex: 1; margin: 0 1.5mm 1.2mm; border-bottom: 0.3mm dotted #aaa; }
.guide-contents .number { min-width: 7mm; text-align: right; visibility: hidden; }
.numbered * { visibility: hidden; }
.numbered .number { visibility: visible; }
.guide-contents li li { font-size: 9.5pt; color: #444; }
"""
HEAD = "@page {name} {{ @top-left {{ content: {text}; font: 9pt sans-serif; color: #555; }} }}\n"


@dataclass(frozen=True)
class Chapter:
    """A page of the site as a part of the guide."""

    part: str
    uri: str
    content: Node
    title: str

    @property
    def name(self) -> str:
        """What its anchors begin with."""
        folder = self.uri.removesuffix("/").replace("/", ".")
        return folder or "home"

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The anchors and the HTML of its second headings, without links, which cannot be nested."""
        found = []
        for heading in self.content.css("h2[id]"):
            text = heading.clone()
            for link in text.css("a"):
                link.unwrap()
            found.append((attribute(heading, "id"), inside(text).strip()))
        return found


def chapters(site: Path, config: Path = Path("mkdocs.yml")) -> list[Chapter]:
    """Read the pages of the guide from the built site, in the order of the navigation."""
    found = []
    for part, sources in parts(settings(config)["nav"]):
        if part in LEFT_OUT:
            continue
        for source in sources:
            path = PurePosixPath(source).with_suffix("")
            folder = path.parent if path.name == "index" else path
            tree = parse((site / folder / "index.html").read_text(encoding="utf-8"))
            for node in tree.css(_NOT_PRINTED):
                node.decompose()
            content = find(tree, "article")
            title = find(content, "h1").text().strip()
            found.append(Chapter(part, f"{folder.as_posix()}/", content, title))
    return found


def document(site: Path, found: list[Chapter], home: str) -> str:
    """Return the whole guide as one page of HTML; ``home`` is the address of the site."""
    heads = "".join(
        HEAD.format(name=f"chapter{number}", text='"' + _css_string(chapter.title) + '"')
        for number, chapter in enumerate(found)
    )
    known = {urljoin(home, chapter.uri): chapter.name for chapter in found}
    bodies = "".join(
        f'<section class="guide-chapter" style="page: chapter{number}" id="{chapter.name}">\n'
        f"{_within(chapter, site, home, known)}\n</section>\n"
        for number, chapter in enumerate(found)
    )
    return _page(site, heads, _title(home) + _contents(found, {}) + bodies)


def numbered_contents(site: Path, found: list[Chapter], home: str, numbers: dict[str, int]) -> str:
    """Return title and contents as in the guide, with nothing to be seen but the page numbers."""
    inside = _title(home) + _contents(found, numbers)
    style = (
        "@page { @bottom-center { content: none; } } html, body { background: none !important; }"
    )
    return _page(site, style, f'<div class="numbered">{inside}</div>')


def _page(site: Path, style: str, inside: str) -> str:
    home = parse((site / "index.html").read_text(encoding="utf-8"))
    links = [attribute(link, "href") for link in home.css('link[rel="stylesheet"]')]
    sheets = "".join(
        f'<link rel="stylesheet" href="{(site / unquote(href)).resolve().as_uri()}">\n'
        for href in links
        if is_local(href)
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>\n'
        f"{sheets}<style>{LAYOUT}{style}</style></head>\n"
        '<body dir="ltr" data-md-color-scheme="default"><article class="md-content__inner md-typeset">\n'
        f"{inside}</article></body></html>\n"
    )


def _css_string(text: str) -> str:
    return re.sub(r'["\\\n<]', lambda match: f"\\{ord(match[0]):x} ", text)


def _title(home: str) -> str:
    return (
        f'<section class="guide-title"><h1>{TITLE}</h1>\n'
        '<p class="lead">From the idea to the formula, from the formula to Python code that runs, '
        "and then the proof that it is right.</p>\n"
        f'<p class="small">calcguide {version("calcguide")}, the calcguide authors<br>'
        f'<a href="{home}">{home.split("//")[-1].strip("/")}</a><br>'
        "Text CC BY 4.0, code MIT</p></section>\n"
    )


def _contents(found: list[Chapter], numbers: dict[str, int]) -> str:
    lines, part = [], ""
    for chapter in found:
        if part != chapter.part != chapter.title:
            lines.append(f'<li class="part">{html.escape(chapter.part)}</li>')
        part = chapter.part
        lines.append(f"<li>{_entry(chapter.name, html.escape(chapter.title), numbers)}")
        sections = (
            f"<li>{_entry(f'{chapter.name}:{name}', text, numbers)}</li>"
            for name, text in chapter.sections
        )
        lines.append(f"<ol>{''.join(sections)}</ol></li>")
    return f'<section class="guide-contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></section>\n'


def _entry(anchor: str, text: str, numbers: dict[str, int]) -> str:
    return (
        f'<a href="#{anchor}"><span>{text}</span><span class="leader"></span>'
        f'<span class="number">{numbers[anchor] if numbers else 999}</span></a>'
    )


def _within(chapter: Chapter, site: Path, home: str, known: dict[str, str]) -> str:
    """Return the body of a chapter with names of its own and links that lead into the guide."""
    url = urljoin(home, chapter.uri)
    content = chapter.content.clone()
    for selector in _NAMES:
        name = selector.removeprefix("a").strip("[]")
        for node in content.css(selector):
            names = attribute(node, name).split()
            node.attrs[name] = " ".join(f"{chapter.name}:{word}" for word in names)
    for node in content.css("[src]"):
        path = unquote(urlsplit(urljoin(url, attribute(node, "src"))).path)
        file = site / path.removeprefix(urlsplit(home).path)
        node.attrs["src"] = f"{file.resolve().as_uri()}#only-light"
    for node in content.css("[loading]"):
        node.attrs["loading"] = "eager"
    for node in content.css("details"):
        node.attrs["open"] = ""
    for node in content.css("a[href]:not([href=''])"):
        address, anchor = urldefrag(urljoin(url, attribute(node, "href")))
        anchor = anchor and (":" if address in known else "#") + anchor
        node.attrs["href"] = f"#{known[address]}{anchor}" if address in known else address + anchor
    return inside(content)


def print_guide(site: Path, target: Path, chromium: str) -> None:
    """Print the guide, or take it from the cache if the same has been printed before."""
    found, home = chapters(site), home_of(site)
    guide = document(site, found, home)
    printed = PRINTED.read(_inputs(guide, site), lambda: _print(guide, site, chromium, found, home))
    write_atomically(target, printed)


def _print(guide: str, site: Path, chromium: str, found: list[Chapter], home: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pages, whole = Path(folder, "guide.html"), Path(folder, "guide.pdf")
        fonts = f"<style>{_fonts()}</style></head>"
        pages.write_text(guide.replace("</head>", fonts, 1), encoding="utf-8")
        print_to_pdf(chromium, pages, whole, "--generate-pdf-document-outline")
        numbers = page_numbers(PdfReader(whole))
        contents, overlay = Path(folder, "contents.html"), Path(folder, "contents.pdf")
        numbered = numbered_contents(site, found, home, numbers)
        contents.write_text(numbered.replace("</head>", fonts, 1), encoding="utf-8")
        print_to_pdf(chromium, contents, overlay, "--disable-pdf-tagging")
        return _joined(whole, overlay, home, found)


def _fonts() -> str:
    """Return the text font in two weights: of a variable font, a PDF would have drawings instead of letters."""
    rules = [':root, [data-md-color-scheme] { --md-text-font: "Guide Sans"; }']
    for style in ("normal", "italic"):
        for weight, weights in ((400, "1 549"), (650, "550 1000")):
            font = TTFont(str(FONTS / f"source-sans-3-latin-wght-{style}.woff2"))
            static = instantiateVariableFont(font, {"wght": weight})
            static.flavor = "woff2"
            buffer = io.BytesIO()
            static.save(buffer)
            data = base64.b64encode(buffer.getvalue()).decode()
            rules.append(
                f'@font-face {{ font-family: "Guide Sans"; font-style: {style}; font-weight: {weights}; '
                f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
            )
    return "\n".join(rules)


def _inputs(guide: str, site: Path) -> Iterator[str]:
    """What the PDF is made from: the document, and the contents of the files that it names."""
    # The folder in which the site has been built does not matter.
    yield guide.replace(site.resolve().as_uri(), "")
    for file in sorted(
        {unquote(urlsplit(uri).path) for uri in re.findall(r'"file://([^"#]+)', guide)}
    ):
        yield hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _joined(whole: Path, overlay: Path, home: str, found: list[Chapter]) -> bytes:
    """Lay the page numbers over the contents; name title and authors, and no date."""
    writer = PdfWriter(clone_from=whole)
    # Where a heading was broken into lines, Chromium's outline has lost a blank.
    titles = {"".join(chapter.title.split()): chapter.title for chapter in found}
    _mend_outline(writer.root_object["/Outlines"].get_object(), titles)
    for page, numbers in zip(writer.pages, PdfReader(overlay).pages, strict=False):
        page.merge_page(numbers)
    writer.metadata = None
    writer.add_metadata({"/Title": TITLE, "/Author": "The calcguide authors", "/Subject": home})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _mend_outline(above: Any, titles: dict[str, str]) -> None:
    """Give the entries below one of an outline their titles, found by their letters."""
    entry = above.get("/First")
    while entry is not None:
        entry = entry.get_object()
        title = titles.get("".join(str(entry["/Title"]).split()))
        if title is not None:
            entry[NameObject("/Title")] = TextStringObject(title)
        _mend_outline(entry, titles)
        entry = entry.get("/Next")


def page_numbers(pdf: PdfReader) -> dict[str, int]:
    """Return the number of the page of each anchor, from 1."""
    places = pdf.named_destinations.items()
    return {
        name.removeprefix("/"): 1 + number
        for name, place in places
        if (number := pdf.get_destination_page_number(place)) is not None
    }
