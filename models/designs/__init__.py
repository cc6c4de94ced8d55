"""The designs: five families with their variants, and products.

Whatever design a file of this folder or of a folder in it defines is found by `designs`: to add
one, add a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from models.design import Design


def designs() -> dict[str, Design]:
    """Every design that ships, by name: families first, then what lies in folders.

    >>> list(designs())[:2]
    ['full-websocket', 'full-websocket-acked']
    """
    return {design.name: design for design in within(import_module(__name__))}


def within(package: ModuleType) -> Iterator[Design]:
    """Designs in a package's modules in the order they are defined, then those of its packages."""
    rooms = sorted(iter_modules(package.__path__), key=lambda room: room.ispkg)
    for room in rooms:
        module = import_module(f"{package.__name__}.{room.name}")
        if room.ispkg:
            yield from within(module)
        else:
            yield from (one for one in vars(module).values() if isinstance(one, Design))
