"""The docstrings of the package as text, for pages that show them."""

from functools import cached_property
from pathlib import Path
from typing import Any

import griffe

from sitegen.common.paths import ROOT

__all__ = ["Reference"]


class Reference:
    """The objects of a package, which is read when the first is asked for."""

    def __init__(self, folder: Path = ROOT, package: str = "calcguide") -> None:
        self.folder, self.package = folder, package

    def of(self, name: str, members: list[str] | None = None) -> str:
        """Return signature and docstring of each public object of a module, or of one object.

        Parameters
        ----------
        name : str
            The name of a module or of an object in one, such as ``calcguide.losses``.
        members : list of str, optional
            Those to be shown, in this order; without it, those in ``__all__`` that have a docstring.
        """
        found = self._loaded[name.removeprefix(f"{self.package}.")]
        if not found.is_module:
            return _described(found, name)
        documented = [member for member in found.exports or [] if found[member].has_docstring]
        return "\n\n".join(
            _described(found[member], f"{name}.{member}") for member in members or documented
        )

    @cached_property
    def _loaded(self) -> Any:
        return griffe.load(self.package, search_paths=[self.folder])


def _described(found: Any, name: str) -> str:
    return "\n".join([f"### `{name}`", "", "```text", *_lines(found, found.name), "```"])


def _lines(found: Any, name: str) -> list[str]:
    """What the object is, its docstring, and those of the methods and attributes of a class."""
    if found.is_class or found.is_function:
        lines = [name.removesuffix(found.name) + (str(found.signature()) or found.name)]
    else:
        lines = [f"{name} = {found.value}" if found.value else name]
    if found.docstring is not None:
        lines += ["", found.docstring.value.strip()]
    for member in found.members.values() if found.is_class else []:
        if member.has_docstring and not member.name.startswith("_"):
            lines += ["", *_lines(member, f"{name}.{member.name}")]
    return lines
