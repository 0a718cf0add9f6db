#!/usr/bin/env bash
# What: which fences of a Markdown page are Python code.
# Version: sybil 10.1.0 on pytest 9.2.0, pymdown-extensions 12.3 on
#   Markdown 3.11.3.
# Source of the guess: SuperFences and Highlight, which MkDocs themes use,
#   document ```python title="..." as a Python fence with a caption, and
#   CommonMark takes the first word after the ticks as the language. Sybil's
#   PythonCodeBlockParser for Markdown is documented as parsing fenced code
#   blocks whose language is python.
# Guess: a caption changes nothing, and what the page does not show as Python
#   is not run.
# Seen: with a title the fence is highlighted on the page, but Sybil collects
#   nothing: add captions, and the tests of a page pass because there are none.
#   The same parser runs what is no code of the page: a fence in an HTML
#   comment, and one that is shown as text inside a longer fence.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'sybil==10.1.0' 'pytest==9.2.0' \
    'pymdown-extensions==12.3' 'Markdown==3.11.3' 'Pygments==2.21.0'
"$work/env/bin/python" - "$work" <<'PY'
import sys
from pathlib import Path

import markdown
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

folder = Path(sys.argv[1])
CODE = "answer = 1"
pages = {
    "plain": (f"```python\n{CODE}\n```\n", (True, True)),
    "title": (f'```python title="a.py"\n{CODE}\n```\n', (True, False)),
    "comment": (f"<!--\n```python\n{CODE}\n```\n-->\n", (False, True)),
    "nested": (f"````text\n```python\n{CODE}\n```\n````\n", (False, True)),
}
sybil = Sybil(parsers=[PythonCodeBlockParser()], pattern="*.md")


def is_highlighted(text):
    extensions = ["pymdownx.highlight", "pymdownx.superfences"]
    html = markdown.markdown(text, extensions=extensions)
    return '<span class="n">answer</span>' in html and not html.startswith("<!--")


def is_executed(text, name):
    page = folder / f"{name}.md"
    page.write_text(text)
    document = sybil.parse(page)
    for example in document.examples():
        example.evaluate()
    return document.namespace.get("answer") == 1


for name, (text, expected) in pages.items():
    shown, executed = is_highlighted(text), is_executed(text, name)
    print(f"{name}: Python on the page {shown}, run by Sybil {executed}")
    assert (shown, executed) == expected
PY
