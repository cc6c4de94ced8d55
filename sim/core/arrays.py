"""Arrays that Python and compiled code share: as numpy for the one, as memoryviews for the other.

Python reads and writes plain numbers through a memoryview, where an element of a numpy array would
be a numpy scalar that slows down everything it touches. Both see the same memory. Arrays of one
room come together as a named tuple, whose type the room defines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")
V = TypeVar("V", int, float)
INTEGER = np.dtype(np.int64)
REAL = np.dtype(np.float64)


class Shared(Generic[T]):
    """The arrays of one room. `arrays` and `views` are replaced when one of them grows.

    >>> from typing import NamedTuple
    >>> class Pairs(NamedTuple):
    ...     left: object
    ...     right: object
    >>> shared = Shared(Pairs, {"left": (INTEGER, 2), "right": (REAL, 2)})
    >>> shared.views.left[1] = 7
    >>> shared.grow("left", 1000)
    >>> shared.arrays.left[1], shared.views.left[999]
    (np.int64(7), 0)
    """

    __slots__ = ("arrays", "changed", "views")

    arrays: T
    views: T

    def __init__(self, kind: Any, sizes: Mapping[str, tuple[np.dtype[Any], int]]) -> None:
        self.changed: list[Callable[[], None]] = []  # told when arrays are others
        arrays: dict[str, Any] = {
            name: np.zeros(size, dtype) for name, (dtype, size) in sizes.items()
        }
        self.arrays = kind(**arrays)
        self.views = kind(**{name: memoryview(one) for name, one in arrays.items()})

    def grow(self, name: str, size: int) -> None:
        """Make room for `size` elements, twice as many as before or more; new ones are 0."""
        old = getattr(self.arrays, name)
        if size > len(old):
            more = np.zeros(max(size, 2 * len(old)), old.dtype)
            more[: len(old)] = old
            self.replace(**{name: more})

    def replace(self, **arrays: Any) -> None:
        """Other arrays under these names."""
        views = {name: memoryview(one) for name, one in arrays.items()}
        self.arrays = self.arrays._replace(**arrays)  # type: ignore[attr-defined]
        self.views = self.views._replace(**views)  # type: ignore[attr-defined]
        for tell in self.changed:
            tell()


def chain(nexts: Any, first: int, behind: int) -> None:
    """Let each free place, from that of number `first` on, say which is the next that is free.

    >>> nexts = np.zeros(3, INTEGER)
    >>> chain(nexts, 5, -1)
    >>> nexts.tolist()
    [6, 7, -1]
    """
    nexts[:-1] = np.arange(first + 1, first + len(nexts))
    nexts[-1:] = behind


class Cell(Generic[V]):
    """A number of an object that is kept in its row: `cells[row + column]`, read as `kind`.

    The object's class has `cells` and `row`; `doc` says what the number is.
    """

    def __init__(self, column: int, doc: str, kind: type[V]) -> None:
        self._column = column
        self._kind: Callable[[Any], V] = kind
        self.__doc__ = doc

    def __get__(self, owner: Any, _of: type[Any] | None = None) -> V:
        return self._kind(owner.cells[owner.row + self._column])

    def __set__(self, owner: Any, value: V) -> None:
        owner.cells[owner.row + self._column] = value
