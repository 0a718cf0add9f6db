"""What each name of the package needs besides itself, so that the browser fetches no more.

SciPy is most of the download, and the package imports it only inside the functions that use it. So
the question is put to each name, not to the package: all imports that can be reached from it count.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

__all__ = ["needs"]


def needs(package: Path) -> dict[str, list[str]]:
    """Return the foreign top-level modules needed by ``package.module`` and ``package.module.name``."""
    graph: dict[str, set[str]] = {}
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package.parent).with_suffix("")
        module = ".".join(inside.parts).removesuffix(".__init__")
        graph |= _uses(ast.parse(file.read_text(encoding="utf-8")), module)
    return {name: _foreign(name, graph, package.name) for name in graph}


def _uses(tree: ast.Module, module: str) -> dict[str, set[str]]:
    """What the module, and each function and class of it, uses directly."""
    parts: dict[str, list[ast.AST]] = {module: []}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            parts[f"{module}.{statement.name}"] = [statement]
        elif not (isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)):
            parts[module].append(statement)
    aliases = dict(_imports(parts[module]))
    own = {name.rpartition(".")[2] for name in parts}
    uses = {}
    for name, nodes in parts.items():
        local = {**aliases, **dict(_imports(nodes))}
        read = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
        used = {imported for alias, imported in local.items() if alias in read}
        used |= {imported for _, imported in _imports(nodes)}
        if name != module:
            used |= {f"{module}.{other}" for other in own & read}
            used.add(module)
        uses[name] = used
    return uses


def _imports(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """The names that import statements bind, each with what it stands for."""
    for node in nodes:
        for statement in ast.walk(node):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield alias.asname or alias.name.partition(".")[0], alias.name
            elif isinstance(statement, ast.ImportFrom) and statement.module:
                for alias in statement.names:
                    yield alias.asname or alias.name, f"{statement.module}.{alias.name}"


def _foreign(name: str, graph: dict[str, set[str]], package: str) -> list[str]:
    found, seen, waiting = set(), set(), [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        top = current.partition(".")[0]
        if top != package:
            found.add(top)
        elif current in graph:
            waiting += graph[current]
        else:  # a constant: what its module needs
            waiting.append(current.rpartition(".")[0])
    return sorted(found)
