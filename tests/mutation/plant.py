"""Puts a fault where the next import finds it: the source is changed on its way to the compiler.

Everything that imports the module gets the mutant, whichever way it imports. Byte code on disk is
neither read nor written for it. To be used in a process of its own, before the module is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from tests.mutation.fault import Planted


def changed(source: str, fault: Planted) -> str:
    """The source with the fault in it. Raises ValueError unless the place is found, once."""
    if (found := source.count(fault.old)) != 1:
        raise ValueError(f"{fault.name}: {fault.path} has the text to change {found} times")
    return source.replace(fault.old, fault.new)


class _Loader(SourceFileLoader):
    """Compiles the mutant."""

    def __init__(self, fullname: str, path: str, fault: Planted) -> None:
        super().__init__(fullname, path)
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode("utf-8")
        return self.source_to_code(changed(source, self._fault).encode("utf-8"), self.path)


class _Finder:
    """Finds one module before anybody else does."""

    def __init__(self, fault: Planted) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._fault.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(fullname, spec.origin, self._fault)
        return spec


def plant(fault: Planted) -> None:
    """From now on the module is imported with the fault. Raises ValueError if it already was."""
    if fault.module in sys.modules:
        raise ValueError(f"{fault.name}: {fault.module} is already imported")
    sys.meta_path.insert(0, _Finder(fault))


def is_planted(fault: Planted) -> bool:
    """Whether the mutant is what the program runs."""
    module = sys.modules.get(fault.module)
    return module is not None and isinstance(module.__loader__, _Loader)
