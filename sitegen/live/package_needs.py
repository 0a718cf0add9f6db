"""What each name of the package needs besides itself, so that the browser fetches no more.

SciPy is most of the download, and the package imports it only inside the functions that use it. So
the question is put to each name, not to the package: all imports that can be reached from it count.
"""

import ast
from collections.abc import Collection
from pathlib import Path

from sitegen.common.import_graph import imports, parse

__all__ = ["needs"]


def needs(package: Path) -> dict[str, list[str]]:
    """Return the foreign top-level modules needed by ``package.module`` and ``package.module.name``."""
    modules = parse(package)
    graph: dict[str, set[str]] = {}
    for name, tree in modules.items():
        graph |= _uses(tree, name)
    return {name: _foreign(name, graph, modules.keys()) for name in graph}


def _uses(tree: ast.Module, module: str) -> dict[str, set[str]]:
    """What the module, and each function and class of it, imports, and with ``.*`` what it uses."""
    parts: dict[str, list[ast.AST]] = {module: []}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            parts[f"{module}.{statement.name}"] = [statement]
        elif not (isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)):
            parts[module].append(statement)
    own = {name.rpartition(".")[2]: name for name in parts if name != module}
    known = own | dict(imports(parts[module]))
    uses = {}
    for name, nodes in parts.items():
        imported = dict(imports(nodes))
        local = known | imported
        read = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
        uses[name] = {module, *imported.values()} | {f"{local[n]}.*" for n in read & local.keys()}
    for name in _exported(tree) & known.keys() - own.keys():
        uses[f"{module}.{name}"] = {module, f"{known[name]}.*"}
    return uses


def _exported(tree: ast.Module) -> set[str]:
    """The names in ``__all__``, through which a package offers what its modules define."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            return set(ast.literal_eval(statement.value))
    return set()


def _foreign(start: str, graph: dict[str, set[str]], modules: Collection[str]) -> list[str]:
    package = start.partition(".")[0]
    found, seen, waiting = set(), set(), [f"{start}.*"] if start not in modules else [start]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        name = current.removesuffix(".*")
        if name.partition(".")[0] != package:
            found.add(name.partition(".")[0])
        elif current.endswith(".*"):
            inside = [key for key in graph if key == name or key.startswith(f"{name}.")]
            waiting += [name, *set().union(*(graph[key] for key in inside))]
        elif name in modules:
            waiting += graph[name]
            if name.count(".") > 1:  # a package inside ours runs before its modules
                waiting.append(name.rpartition(".")[0])
        else:  # to import a name takes no more than to import its module
            waiting.append(name.rpartition(".")[0])
    return sorted(found)
