"""Which modules of our own packages some code imports, directly or through other modules."""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sitegen.common.cache import Cache

__all__ = ["Module", "imports", "parse", "reached", "read_modules"]

MODULES = Cache("modules", sources=[Path(__file__)])


@dataclass(frozen=True)
class Module:
    """A module: a hash of its code without comments and layout, and the names that it imports."""

    code: str
    imports: list[str]


def parse(package: Path) -> dict[str, ast.Module]:
    """Return the syntax trees of the modules of a package, by their dotted names."""
    return {
        name: ast.parse(file.read_text(encoding="utf-8")) for name, file in _files(package).items()
    }


def imports(nodes: Iterable[ast.AST], within: str = "") -> Iterator[tuple[str, str]]:
    """Yield the names that import statements bind, each with what it stands for.

    Statements inside functions count too. Relative imports start at ``within``, the package around.
    """
    for node in nodes:
        for statement in ast.walk(node):
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield alias.asname or alias.name.partition(".")[0], alias.name
            elif isinstance(statement, ast.ImportFrom):
                source = _absolute(statement, within)
                for alias in statement.names:
                    yield alias.asname or alias.name, f"{source}.{alias.name}"


def read_modules(*packages: Path) -> dict[str, Module]:
    """Read the modules of packages; none is parsed twice while its file stays the same."""
    modules = {}
    for package in packages:
        for name, file in _files(package).items():
            source = file.read_bytes()
            within = name if file.name == "__init__.py" else name.rpartition(".")[0]

            def make(source: bytes = source, within: str = within) -> bytes:
                tree = ast.parse(source)
                code = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
                names = sorted({target for _, target in imports([tree], within)})
                return json.dumps(asdict(Module(code, names))).encode()

            key = [within, hashlib.sha256(source).hexdigest()]
            modules[name] = Module(**json.loads(MODULES.read(key, make)))
    return modules


def reached(names: Iterable[str], modules: Mapping[str, Module]) -> list[str]:
    """Return the modules that imports of these names load, with all that those import in turn.

    A name may be that of a module or of something in it. To import a module runs the packages around it first.
    """
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        parts = waiting.pop().split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name in modules and name not in seen:
                seen.add(name)
                waiting += modules[name].imports
    return sorted(seen)


def _files(package: Path) -> dict[str, Path]:
    """The Python files of a package by the names of their modules."""
    files = {}
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package.parent).with_suffix("")
        if all(map(str.isidentifier, inside.parts)):  # what editors leave has other names
            files[".".join(inside.parts).removesuffix(".__init__")] = file
    return files


def _absolute(statement: ast.ImportFrom, within: str) -> str:
    """The module from which a statement imports."""
    if not statement.level:
        return statement.module or ""
    around = within.split(".")[: 1 - statement.level or None]
    return ".".join([*around, *filter(None, [statement.module])])
