"""The commands of the site: lint pages, run them, begin one, finish what another builder has made."""

import argparse
import itertools
import sys
from pathlib import Path

from sitegen.builders.finish import finish
from sitegen.common.html import home_of
from sitegen.outputs import downloads, links
from sitegen.pages.authoring.linting import lint
from sitegen.pages.authoring.new_page import KINDS, new_page
from sitegen.pages.sources import page_files
from sitegen.runs.run import build


def main() -> int:
    """Do what the command line asks for; return 1 if anything is wrong with a page."""
    parser = argparse.ArgumentParser(prog="python -m sitegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    linting = commands.add_parser("lint", help="lint and format the snippets of pages")
    linting.add_argument("--fix", action="store_true", help="format in place")
    linting.add_argument(
        "pages", nargs="*", type=Path, help="or folders of them; default: docs/ and README.md"
    )
    commands.add_parser("run", help="run the pages that have changed and draw their figures")
    beginning = commands.add_parser("new-page", help="write a page from a skeleton")
    beginning.add_argument("name", help="lower-case words with hyphens: the page's address")
    beginning.add_argument("--title", required=True)
    beginning.add_argument("--kind", default="tutorials", help=" or ".join(KINDS))
    finishing = commands.add_parser("finish", help="add figures and formulas to a built site")
    finishing.add_argument("site", type=Path)
    offering = commands.add_parser("downloads", help="add the archive and the PDF to a built site")
    offering.add_argument("site", type=Path)
    checking = commands.add_parser("links", help="say which links of a built site lead nowhere")
    checking.add_argument("site", type=Path)
    checking.add_argument("--external", action="store_true", help="ask for those to other sites")
    arguments = parser.parse_args()
    if arguments.command == "lint":
        given = arguments.pages or [Path("docs"), Path("README.md")]
        if missing := [str(path) for path in given if not path.exists()]:
            linting.error(f"there is no {', '.join(missing)}")
        pages = [[path] if path.is_file() else page_files(path) for path in given]
        return min(1, lint(itertools.chain(*pages), fix=arguments.fix))
    if arguments.command == "new-page":
        return _new_page(arguments.name, arguments.title, arguments.kind)
    if arguments.command == "finish":
        print(f"{finish(arguments.site)} page(s) finished")
        return 0
    if arguments.command == "downloads":
        downloads.make(arguments.site)
        return 0
    if arguments.command == "links":
        return _links(arguments.site, external=arguments.external)
    report = build(Path("docs"))
    for problem in report.problems:
        print(problem, end="\n\n")
    print(f"{len(report.executed)} page(s) run, {len(report.problems)} problem(s)")
    return min(1, len(report.problems))


def _new_page(name: str, title: str, kind: str) -> int:
    try:
        page = new_page(name, title, kind)
    except ValueError as error:
        print(f"{error}. Nothing has been written.", file=sys.stderr)
        return 2
    print(f"""\
{page.as_posix()} is there, with its line under nav in mkdocs.yml.
It has its test already, for tests find pages by themselves:

    .venv/bin/pytest -k {name}     runs it, and passes
    make serve                     shows the page, and again after each change

Replace the text, section by section, and the description at the top; CONTRIBUTING.md says what is wanted.""")
    return 0


def _links(site: Path, *, external: bool) -> int:
    home = home_of(site)
    if not external:
        problems = links.internal(site, home)
        print(*problems, f"{len(problems)} broken link(s) within {site}", sep="\n")
        return min(1, len(problems))
    pages = links.external(site, home)
    answers = links.ask(list(pages))
    for answer in answers:
        if answer.dead or not answer.words.startswith("2"):
            word = "DEAD" if answer.dead else "not known"
            print(
                f"{word}: {answer.url} ({answer.words}), linked from {', '.join(pages[answer.url])}"
            )
    dead = sum(answer.dead for answer in answers)
    print(f"{dead} of {len(answers)} links to other sites are dead")
    return min(1, dead)


if __name__ == "__main__":
    sys.exit(main())
