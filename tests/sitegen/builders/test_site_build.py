"""What knows MkDocs is in one folder."""

import ast
from pathlib import Path

import sitegen

ROOT = Path(sitegen.__file__ or "").parent


def test_the_engine_imports_no_builder() -> None:
    """Only `builders/` knows MkDocs, so that another builder can take its place."""
    importers = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
        if name.partition(".")[0] in ("mkdocs", "material")
    }
    assert {"builders"} == importers
