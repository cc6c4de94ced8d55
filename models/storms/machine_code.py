"""The storm's loop as machine code, or as it stands where that is asked for: one result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from models.protocols import waits
from models.storms.loop import second_at, second_passes, storm_at
from sim import luck
from sim.core.compiled import can_compile, compiled, part

_SHARED: Final = (
    luck.bits, luck.words, luck.uniform, waits.draws, waits.grown_s, waits.wait_s,
    *(getattr(waits, name) for name in dir(waits) if name.endswith("_s") and name[0] == "_"),
)  # fmt: skip
for _function in _SHARED:
    part(_function)  # where they are defined nobody may know of compiling


def loop(state: Any) -> Callable[[int], None]:
    """What plays one second of this storm, given its number."""
    if not can_compile():
        return partial(second_passes, state)
    from sim.core.pointers import table_of

    plays = compiled(second_at, state, 0, 0, at=storm_at)
    table = table_of(state)

    def passes(second: int) -> None:
        plays(table.ctypes.data, second)

    return passes
