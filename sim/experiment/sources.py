"""What a design is made of: its fields, and the source of every module its parts come from.

A design of another package may be one of our own classes filled with functions of theirs, so its
parts are found as pickling finds them. What it names and does not hold, it may say in `parts`.
Leaves out our own source (`provenance`) and installed libraries, whose versions say what they are.
"""

import dataclasses
import inspect
import io
import marshal
import pickle
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.scenario.designs import Design

LIBRARIES = ("numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy")
_OURS = ("sim", "models")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def fields(value: Any) -> Any:
    """Everything `value` holds, as JSON in an order that no hash seed decides."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [fields(one) for one in value]
    if isinstance(value, Mapping):
        return [[fields(key), fields(one)] for key, one in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(repr(fields(one)) for one in value)
    return _of_an_object(value)


def _of_an_object(value: Any) -> Any:
    if isinstance(value, type) or callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"
    if dataclasses.is_dataclass(value):
        held = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    else:
        held = getattr(value, "__dict__", None) or {"": _ADDRESS.sub("", repr(value))}
    return [fields(type(value)), fields(held)]


def sources(design: Design) -> dict[str, str]:
    """Module -> digest of its source, for every module that is neither ours nor a library's."""
    return {name: _digest(name) for name in sorted(_modules(design))}


class _Finder(pickle.Pickler):
    """Collects the modules of everything that is pickled."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())
        self.modules: dict[str, None] = {}

    def persistent_id(self, given: Any) -> None:
        """Called for everything that is pickled; None means that it is pickled as usual."""
        for one in (given, *type(given).__mro__, *getattr(given, "__mro__", ())):
            name = getattr(one, "__module__", None)
            if isinstance(name, str):
                self.modules[name] = None


def _modules(design: Design) -> dict[str, None]:
    """Modules of the design's parts, and those that they use in turn."""
    finder = _Finder()
    # A design that cannot be pickled runs in one process only; what was found of it counts.
    for one in (design, *getattr(design, "parts", ())):
        with suppress(pickle.PicklingError, AttributeError, TypeError):
            finder.dump(one)
    found: dict[str, None] = {}
    left = [name for name in finder.modules if not _is_known(name)]
    own = {_root(name) for name in left}
    while left:
        name = left.pop()
        if name not in found:
            found[name] = None
            used = [one for one in _used(name) if not _is_known(one)]
            left += [one for one in used if _root(one) in own or not _is_installed(one)]
    return found


def _used(name: str) -> Iterator[str]:
    """Modules that a module's names come from, and all of its own package."""
    module = sys.modules.get(name)
    for value in list(vars(module).values()) if module else ():
        used = (
            value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        )
        if isinstance(used, str):
            yield used
    yield from (one for one in list(sys.modules) if one.startswith(f"{_root(name)}."))


def _is_known(name: str) -> bool:
    """Whether a module is ours or Python's or of a library whose version is noted anyway."""
    known = (*_OURS, *LIBRARIES, "distributed")
    return _root(name) in known or (_root(name) in sys.stdlib_module_names and name != "__main__")


def _is_installed(name: str) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    places = (sysconfig.get_path(one) for one in ("purelib", "platlib", "stdlib"))
    return file is not None and any(Path(file).is_relative_to(one) for one in places if one)


def _root(name: str) -> str:
    return name.partition(".")[0]


def _digest(name: str) -> str:
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is not None and Path(file).is_file():
        return sha256(Path(file).read_bytes()).hexdigest()
    made = sha256()
    for value in list(vars(module).values()) if module else ():
        if getattr(value, "__module__", None) == name:
            made.update(_code(value))
    return made.hexdigest()


def _code(value: Any) -> bytes:
    """The source of a class or function without a file, or what it was compiled to."""
    try:
        return inspect.getsource(value).encode()
    except (OSError, TypeError):
        found = vars(value).values() if isinstance(value, type) else (value,)
        return b"".join(marshal.dumps(one.__code__) for one in found if hasattr(one, "__code__"))
