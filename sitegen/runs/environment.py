"""What a page's run depends on besides the page: libraries, data, and the modules that it reaches."""

import hashlib
import platform
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

import calcguide
from sitegen.common.cache import environment
from sitegen.common.files import files_in
from sitegen.common.import_graph import Module, reached, read_modules

__all__ = ["Environment"]

PACKAGE, ENGINE = Path(calcguide.__file__).parent, Path(__file__).parents[1]
LIBRARIES = ["numpy", "scipy", "matplotlib", "scikit-learn", "statsmodels", "autograd"]
READS_DATA = "importlib.resources"  # imported by modules that read the files of the package


@cache
def _engine() -> dict[str, Module]:
    """Our own modules, as they were when this process loaded them: a change takes effect in the next."""
    return read_modules(ENGINE)


class Environment:
    """The package, the engine and the libraries, as they are when this is first asked."""

    def __init__(self, package: Path = PACKAGE) -> None:
        self.package = package

    def of(self, imports: Iterable[str]) -> list[str]:
        """Return what code depends on that imports these names, as strings that change with it.

        Of a module counts what Python makes of it, so that comments are free; a docstring may be printed.
        """
        found = reached(imports, self._modules)
        reads = (target for name in found for target in self._modules[name].imports)
        data = self._data if any(target.startswith(READS_DATA) for target in reads) else []
        codes = [part for name in found for part in (name, self._modules[name].code)]
        return [*self._libraries, *data, *codes]

    def whole_package(self) -> list[str]:
        """Return what depends on any module of the package, such as pages that show docstrings."""
        name = self.package.name
        modules = {key: module for key, module in self._modules.items() if key.startswith(name)}
        return [part for key, module in modules.items() for part in (key, module.code)]

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return _engine() | read_modules(self.package)

    @cached_property
    def _libraries(self) -> list[str]:
        return [platform.python_version(), *environment(packages=LIBRARIES)]

    @cached_property
    def _data(self) -> list[str]:
        files = [
            file for file in files_in(self.package) if Path(file).suffix not in (".py", ".pyc")
        ]
        hashes = (
            hashlib.sha256((self.package / file).read_bytes()).hexdigest() for file in sorted(files)
        )
        return [*sorted(files), *hashes]
