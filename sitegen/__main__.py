"""The commands of the site: ``python -m sitegen lint`` and ``python -m sitegen run``."""

import argparse
import sys
from pathlib import Path

from sitegen.build import build
from sitegen.linting import lint


def main() -> int:
    """Do what the command line asks for; return 1 if anything is wrong with a page."""
    parser = argparse.ArgumentParser(prog="python -m sitegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    linting = commands.add_parser("lint", help="lint and format the snippets of pages")
    linting.add_argument("--fix", action="store_true", help="format in place")
    linting.add_argument("pages", nargs="*", type=Path, help="default: docs/ and README.md")
    commands.add_parser("run", help="run the pages that have changed and draw their figures")
    arguments = parser.parse_args()
    if arguments.command == "lint":
        pages = arguments.pages or [*sorted(Path("docs").rglob("*.md")), Path("README.md")]
        return min(1, lint(pages, fix=arguments.fix))
    report = build(Path("docs"))
    for problem in report.problems:
        print(problem, end="\n\n")
    print(f"{len(report.executed)} page(s) run, {len(report.problems)} problem(s)")
    return min(1, len(report.problems))


if __name__ == "__main__":
    sys.exit(main())
