"""Links within the site lead somewhere, and what does not is found."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from sitegen.outputs.links import ask, external, internal

HOME = "https://calcguide.github.io/calcguide/"
PAGE = """\
<link rel="stylesheet" href="style.css"><link rel="next" href="a/">
<h1 id="top">Home</h1> <a href="a/">A</a> <a href="a/#one">one</a> <a href="#top">top</a>
<a href="https://calcguide.github.io/calcguide/a/">A</a> <img src="b.svg#only-light" srcset="b.svg 2x">
<label for="box">x</label> <input id="box"> <a href="mailto:a@example.org">write</a>
<a href="https://example.org/x#y">out</a> <a href="https://example.org/x">out</a>
"""
FILES = {
    "index.html": PAGE,
    "a/index.html": '<p id="one">A <a href="../">back</a></p>',
    "b.svg": "<svg/>",
    "style.css": "p { background: url(b.svg) }",
    "sitemap.xml": f"<loc>{HOME}</loc><loc>{HOME}a/</loc>",
    "feed.xml": f'<link href="{HOME}a/" />',
    "search/search_index.json": '{"docs": [{"location": "a/#one"}]}',
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a site in which all is well."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_all_links_within_the_site_lead_somewhere(site: Path) -> None:
    assert [] == internal(site, HOME)


def test_a_site_in_which_all_is_well_has_no_problem(small: Path) -> None:
    assert [] == internal(small, HOME)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("index.html", 'href="a/"', 'href="aa/"', "index.html: aa/ does not exist"),
        ("index.html", "a/#one", "a/#two", "index.html: a/#two names a section"),
        ("index.html", "#top", "#bottom", "index.html: #bottom names a section"),
        ("index.html", f"{HOME}a/", f"{HOME}b/", f"index.html: {HOME}b/ does not exist"),
        ("index.html", f"{HOME}a/", f"{HOME}a", f"index.html: {HOME}a names a folder"),
        ("index.html", "b.svg#", "c.svg#", "index.html: c.svg#only-light does not exist"),
        ("index.html", "b.svg 2x", "c.svg 2x", "index.html: c.svg does not exist"),
        ("index.html", 'rel="next" href="a/"', 'rel="next" href="c/"', "index.html: c/ does not"),
        ("index.html", 'for="box"', 'for="bax"', "index.html: nothing has the id bax"),
        ("a/index.html", "../", "../../", ""),  # outside of the site: not ours
        ("style.css", "b.svg", "c.svg", "style.css: c.svg does not exist"),
        ("sitemap.xml", "a/", "c/", f": {HOME}c/ does not exist"),
        ("feed.xml", "a/", "c/", f": {HOME}c/ does not exist"),
        ("search/search_index.json", "#one", "#two", ": a/#two names a section"),
    ],
)
def test_a_broken_link_is_found(small: Path, file: str, old: str, new: str, problem: str) -> None:
    text = (small / file).read_text(encoding="utf-8")
    assert old in text
    (small / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = internal(small, HOME)
    assert (1 if problem else 0) == len(found)
    assert not problem or found[0].startswith(problem)


def test_links_to_others_are_collected_once_with_their_pages(small: Path) -> None:
    assert {"https://example.org/x": ["index.html"]} == external(small, HOME)


def test_the_site_links_to_its_sources(site: Path) -> None:
    found = external(site, HOME)
    assert "https://github.com/calcguide/calcguide" in found
    assert [] == [url for url in found if not re.match(r"https?://[\w.-]+(:\d+)?(/|$)", url)]


class Server(BaseHTTPRequestHandler):
    """Answers with the status that the path names; some paths behave otherwise."""

    seen: ClassVar[Counter[str]] = Counter()

    def answer(self) -> None:
        self.seen[f"{self.command} {self.path}"] += 1
        status = int(self.path[1:4])
        if "no-head" in self.path and self.command == "GET":
            status = 200
        if "later" in self.path and self.seen[f"GET {self.path}"] > 1:
            status = 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 302:
            self.send_header("Location", self.path[4:])
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 (the base's names)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve on a port of our own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "dead", "words"),
    [
        ("/200", False, "200"),
        ("/302/200", False, "200"),
        ("/302/404", True, "404"),
        ("/404", True, "404"),
        ("/410", True, "410"),
        ("/403", False, "403"),
        ("/429", False, "429"),
        ("/500", True, "500"),
        ("/405-no-head", False, "200"),
        ("/404-no-head", False, "200"),
        ("/503-later", False, "200"),
    ],
)
def test_what_an_answer_means(server: str, path: str, dead: bool, words: str) -> None:
    slept: list[float] = []
    (answer,) = ask([server + path], sleep=slept.append)
    assert (dead, words) == (answer.dead, answer.words[:3])
    assert slept == sorted(slept)


def test_a_host_that_does_not_answer_is_dead() -> None:
    (answer,) = ask(["http://127.0.0.1:9/"], sleep=lambda seconds: None)
    assert answer.dead
    assert "refused" in answer.words


def test_every_address_gets_an_answer(server: str) -> None:
    urls = [f"{server}/200?{number}" for number in range(20)]
    assert sorted(urls) == [answer.url for answer in ask(urls)]
