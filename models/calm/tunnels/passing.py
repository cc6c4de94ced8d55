"""What passes a proxy, or something that counts idle time, on rows (`sim.path`).

A step asks when what it writes, or what has arrived, will have passed (`departs_s`). When that is
within a millisecond the step is taken then, with the clock ahead; when it is later, or something
already waits for the proxy, nothing is done, and objects wait (`sim.path.tunnel`).
"""

from __future__ import annotations

from typing import Any, Final

from models.calm import rows
from sim.core.compiled import part
from sim.core.queues import AHEAD_S, DOWN, lasts_s, occupy_in_turn, start_s

LATE: Final = -1.0


@part
def departs_s(state: Any, number: int) -> float:
    """When what is to pass now will have passed; LATE where objects have to wait for it."""
    row, at, now_s, queues = (
        state.connections, number * rows.CONNECTION, state.now_s[0], state.queues,
    )  # fmt: skip
    proxy = int(row[at + rows.PROXY])
    if proxy < 0:
        return float(now_s)
    if row[at + rows.IN_HAND] != 0.0 or queues.row[proxy + DOWN] != 0.0:
        return LATE
    done_s = start_s(queues, proxy, now_s) + lasts_s(queues, proxy, row[at + rows.PASSED_S])
    done_s = max(done_s, queues.turns[int(row[at + rows.PROXY_TURN])])
    return float(done_s) if done_s <= now_s + AHEAD_S else LATE


@part
def is_proxied(state: Any, number: int) -> bool:
    """Whether a proxy passes on what this connection carries."""
    return number >= 0 and state.connections[number * rows.CONNECTION + rows.PROXY] >= 0.0


@part
def passes(state: Any, number: int, seen: int, now_s: float) -> None:
    """Something passes, handed in at `now_s`; `seen`: the column of when it was last seen."""
    row, at = state.connections, number * rows.CONNECTION
    proxy = int(row[at + rows.PROXY])
    if proxy >= 0:
        cost_s, turn = row[at + rows.PASSED_S], int(row[at + rows.PROXY_TURN])
        occupy_in_turn(state.queues, proxy, now_s, cost_s, turn)
    row[at + seen] = state.now_s[0]
