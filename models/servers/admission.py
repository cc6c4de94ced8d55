"""Who is let in at the servers' door: so many of each person, and the least important not at all.

Limits of a scenario, each off unless it sets them. A person may send so many a second
(`servers.rate_per_s`, HTTP 429), all told or by requests. A node that is behind refuses typing
notices and read receipts first (`shed_limit_s`), as Discord turned them off in its outage of
2022-03-08, and everything when it is further behind (`queue_limit_s`, HTTP 503). A refusal says
when to come again. A design may have another one: so many messages by one connection
(`connection.message_limit`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from models.protocols.message_limit import CUT, HOLD
from models.servers.intake import Admission, Arrival, Refused, Waits, by_queue
from sim.history import SEEN, TYPING

if TYPE_CHECKING:
    from models.protocols.message_limit import MessageLimit
    from models.servers.messages import Messages
    from sim.world import World

RATE_LIMITED: Final = "rate limited"
SHED: Final = "shed"
_MINOR: Final = (TYPING, SEEN)


class Rates:
    """How much each person may still send: the generic cell rate algorithm (ITU-T I.371).

    `burst` at once, `per_s` from then on; a refusal uses nothing up.

    >>> rates = Rates(per_s=2.0, burst=1)
    >>> [rates.wait_s(7, now_s) for now_s in (0.0, 0.25, 0.5)]
    [0.0, 0.25, 0.0]
    """

    __slots__ = ("_due_s", "_every_s", "_slack_s")

    def __init__(self, per_s: float, burst: int) -> None:
        self._every_s = 1.0 / per_s
        self._slack_s = (burst - 1) / per_s
        self._due_s: dict[int, float] = {}  # when the next one is due at an even pace

    def wait_s(self, person: int, now_s: float) -> float:
        """0 when one more is within the limit, and counted; else in how many seconds it would be.

        What is early by less than a microsecond is in time.
        """
        due_s = max(self._due_s.get(person, 0.0), now_s)
        early_s = due_s - self._slack_s - now_s
        if early_s > 1e-6:
            return early_s
        self._due_s[person] = due_s + self._every_s
        return 0.0


class _Guarded:
    """The limits of a scenario that sets any, and of a design."""

    __slots__ = ("_action", "_engine", "_frames", "_rates", "_shed_limit_s")

    def __init__(self, world: World, messages: Messages) -> None:
        servers = world.scenario.servers
        per_s, shed_limit_s = servers.rate_per_s, servers.shed_limit_s
        self._engine = world.engine
        self._action = messages.action
        self._rates = None if per_s is None else Rates(per_s, servers.rate_burst)
        self._frames = servers.rate_of == "all"  # whether what comes by a connection is counted
        self._shed_limit_s = math.inf if shed_limit_s is None else shed_limit_s

    def __call__(self, arrival: Arrival) -> Refused | Waits | float | None:
        now_s, node, line = self._engine.now_s, arrival.node, arrival.line
        if line is not None and line.meter is not None and (wait_s := line.meter.wait_s(now_s)):
            over = line.meter.limit.over
            return Waits(wait_s) if over == HOLD else Refused(wait_s, RATE_LIMITED, over == CUT)
        counts = self._rates if line is None or self._frames else None
        if counts is not None and (wait_s := counts.wait_s(arrival.person, now_s)):
            return Refused(wait_s, RATE_LIMITED)
        if self._action[arrival.message] in _MINOR:
            behind_s = node.start_s() - now_s
            if behind_s > self._shed_limit_s:
                return Refused(behind_s - self._shed_limit_s, SHED)
        return by_queue(arrival)


def admission(world: World, messages: Messages, limit: MessageLimit) -> Admission:
    """What decides at the door, in this scenario, where a connection has that limit."""
    servers = world.scenario.servers
    plain = servers.rate_per_s is None and servers.shed_limit_s is None
    return by_queue if plain and not limit.is_bounded else _Guarded(world, messages)
