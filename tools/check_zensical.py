"""Check that a site which Zensical has built shows the figures and the formulas of our pages."""

import re
import sys
from pathlib import Path

from sitegen.pages.contract import read
from sitegen.pages.sources import page_files

DOCS = Path("docs")


def main(site: Path) -> int:
    """Print what is missing, and what was found; return 1 if anything is missing."""
    missing, n_figures, n_formulas = [], 0, 0
    for path in (path for path in page_files(DOCS) if path.parent != DOCS):
        page = read(path)
        html = site / path.relative_to(DOCS).with_suffix("") / "index.html"
        if path.name == "index.md":
            html = html.parents[1] / "index.html"
        if not html.is_file():
            missing.append(f"{path}: no page {html}")
            continue
        text = html.read_text(encoding="utf-8")
        n_formulas += text.count('class="katex"')
        if "\n$$\n" in page.text and 'class="katex-display"' not in text:
            missing.append(f"{path}: no formula is rendered")
        if re.search(r'class="arithmatex">\\[(\[]', text):
            missing.append(f"{path}: a formula is left as it was written")
        for figure in (figure for snippet in page.snippets for figure in snippet.figures):
            for source in (f"figures/{figure.name}.svg", f"figures/{figure.name}-dark.svg"):
                n_figures += 1
                address = re.search(rf'src="([^"#]*{re.escape(source)})#only-', text)
                if address is None or not (html.parent / address[1]).is_file():
                    missing.append(f"{path}:{figure.line}: {source} is not shown")
    print("\n".join(missing))
    print(f"Zensical shows {n_figures} drawings and {n_formulas} formulas, {len(missing)} missing")
    return int(bool(missing) or not n_figures or not n_formulas)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
