"""How compiled code sees the arrays of a run: by one address instead of some sixty arrays.

To hand an array to a compiled function takes seven numbers, and each touch of it counts who refers
to it; with sixty arrays that costs more than the arithmetic. So compiled code is handed where a
table lies that has the address and the length of each array, and looks up what it touches. In the
source nothing of this is seen: `state.mail.home` is a named tuple's array as it stands, and a look
into the table when compiled.

Imported only where numba is: see `sim.core.compiled`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import carray, types  # type: ignore[attr-defined]
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, overload_attribute, register_model

WORD = 64


class Pointer(types.Type):
    """A named tuple of arrays, or of such tuples, as the address of the table."""

    def __init__(self, name: str) -> None:
        super().__init__(name=f"pointer({name})")


@register_model(Pointer)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, of: Pointer) -> None:
        super().__init__(manager, of, ir.IntType(WORD))


def _cast(target: Any) -> Any:
    """Code that takes one number for another type's."""

    @intrinsic
    def cast(_context: Any, value: Any) -> Any:
        def generate(_target: Any, _builder: Any, _signature: Any, given: Any) -> Any:
            return given[0]

        return target(value), generate

    return cast


@intrinsic
def _look_up(_context: Any, pointer: Any, place: Any) -> Any:
    """A number of the table."""

    def generate(_target: Any, builder: Any, _signature: Any, given: Any) -> Any:
        base = builder.inttoptr(given[0], ir.IntType(WORD).as_pointer())
        return builder.load(builder.gep(base, [given[1]]))

    return types.int64(pointer, types.int64), generate


@intrinsic
def _void(_context: Any, address: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return builder.inttoptr(given[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


def teach(state: Any, name: str, place: int = 0) -> int:
    """Tell the compiler of the attributes of a named tuple; the place behind its last array."""
    owner = Pointer(name)
    for attribute in state._fields:
        one = getattr(state, attribute)
        if isinstance(one, tuple):
            below = f"{name}.{attribute}"
            place = teach(one, below, place)
            _know(owner, attribute, _group(below))
        else:
            kind = one.dtype.type if one.dtype.names is None else one.dtype
            _know(owner, attribute, _array(place, kind, one.shape[1:]))
            place += 1
    return place


_known: dict[tuple[str, str], Any] = {}


def _know(owner: Pointer, attribute: str, made: Any) -> None:
    if not any(attribute == other for _, other in _known):

        @overload_attribute(Pointer, attribute)
        def _(pointer: Any) -> Any:
            return _known.get((pointer.name, attribute))

    _known[owner.name, attribute] = made


def _group(name: str) -> Any:
    cast = _cast(Pointer(name))

    def made(pointer: Any) -> Any:
        return cast(pointer)

    return made


def _array(place: int, kind: Any, columns: tuple[int, ...]) -> Any:
    """`columns`: of an array with two dimensions, whose columns are the same in every run."""
    address, length = 2 * place, 2 * place + 1
    look_up: Any = _look_up
    void: Any = _void

    def made(pointer: Any) -> Any:
        rows = look_up(pointer, length)
        return carray(void(look_up(pointer, address)), (rows, *columns), kind)

    def flat(pointer: Any) -> Any:
        return carray(void(look_up(pointer, address)), (look_up(pointer, length),), kind)

    return made if columns else flat


def understand(function: Any, name: str) -> None:
    """Let `function(address)` be the tuple of that name when compiled."""
    cast = _cast(Pointer(name))

    @overload(function)
    def _(address: Any) -> Any:
        def made(address: Any) -> Any:
            return cast(address)

        return made


def table_of(state: Any) -> Any:
    """Address and length of each array, in order. Whoever uses it keeps the arrays alive."""
    return np.array([(one.ctypes.data, len(one)) for one in _arrays(state)], np.int64).ravel()


def _arrays(state: Any) -> Any:
    for one in state:
        if isinstance(one, tuple):
            yield from _arrays(one)
        else:
            yield one
