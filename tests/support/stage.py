"""A design on stage: a few people in one room, scripted actions, no luck, and what became of them.

Everybody is 50 ms from the servers, without loss, rate or TLS, and opens the app at 0 s unless told
otherwise. Servers: two gateways (0 and 1, taken in turn) and an API node (2), one core each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from small import scenario

from models import DESIGNS, Design
from models.system import System
from sim.faults.plan import arm
from sim.history import CAUSES, EVERYONE, OUTCOMES, REASONS, SEND
from sim.node import Node
from sim.world import World, build_world

ONE_WAY_S: Final = 0.05
LINK: Final = {
    "share": 1.0,
    "profile": "lan",
    "delay": {"kind": "constant", "delay_s": ONE_WAY_S},
    "rate": {"kind": "none"},
}
FREE: Final = {"session_reads": 0, "token_check_s": 0.0}  # who comes is served at once
Action = tuple[float, int]


class Stage:
    """One design in one scripted world; `actions` are (time in s, person), all of kind `kinds`."""

    def __init__(
        self,
        design: Design | str,
        actions: Iterable[Action] = (),
        people: int = 3,
        kinds: Sequence[int] = (),
        joins: bool = True,
        size_bytes: int = 0,
        **changes: Any,
    ) -> None:
        given = sorted(actions)
        sends = [{"at_s": at_s, "sender": person, "room": 0} for at_s, person in given]
        setting = {
            "people": {"count": people, "owed": "members"},
            "script": {"rooms": [list(range(people))], "sends": sends},
            "conversations": {"sizes": {"kind": "fixed", "size": 2}},
            "servers": {"gateways": 2, "api_nodes": 1, "cores": 1, **FREE},
            "networks": [LINK],
            "tls": {"version": "none"},
            "time": {"warmup_s": 0.0, "measure_s": 300.0, "drain_s": 0.0},
        }
        self.design = DESIGNS[design] if isinstance(design, str) else design
        self.world: World = build_world(scenario(**(setting | changes)), 0)
        self.world.workload.action[:] = kinds or [SEND] * len(given)
        if size_bytes:
            self.world.workload.size_bytes[:] = size_bytes
        self.system: System = self.design.build(self.world)
        for person in range(people) if joins else ():
            self.at(0.0, self.system.join, person)
        for message, (at_s, _) in enumerate(given):
            self.at(at_s, self.system.act, message)
        arm(self.world.scenario.faults, self.world, self.system)

    def at(self, time_s: float, call: Callable[..., object], *args: Any) -> None:
        self.world.engine.at(time_s, call, *args)

    def run(self, until_s: float) -> Stage:
        self.world.engine.run(until_s)
        return self

    def channel(self, name: str) -> Any:
        return self.system.channels[name]

    @property
    def gateways(self) -> list[Node]:
        return self.world.gateways

    def arrivals(self, person: int) -> list[tuple[int, float]]:
        """Messages that have arrived at a person, repeats and suppressed ones too, with times."""
        return [(message, at_s) for message, reader, at_s, *_ in self._rows() if reader == person]

    def shown(self, person: int) -> list[int]:
        """Messages that a person sees, in order."""
        return [message for message, reader, *_, seen in self._rows() if reader == person and seen]

    def replayed(self, person: int) -> list[int]:
        """Messages that reached a person by catching up."""
        return [message for message, reader, _, via, _ in self._rows() if reader == person and via]

    def _rows(self) -> list[tuple[Any, ...]]:
        now_s = self.world.engine.now_s
        rows = self.world.ledger.copies()
        return sorted((row for row in rows if row[2] <= now_s), key=lambda row: row[2])

    def drops(self) -> list[tuple[int, int, str]]:
        """(message, person or EVERYONE, cause)."""
        rows = self.world.ledger.rows("drops")
        return [(message, person, CAUSES[cause]) for message, person, _, cause in rows]

    def held(self) -> set[tuple[int, int]]:
        """(message, person or EVERYONE) that something still holds."""
        return set(self.system.pending())

    def gaps(self) -> list[dict[str, Any]]:
        """Episodes in the order they were written down."""
        names = ("person", "channel", "cut_s", "noticed_s", "open_s", "synced_s", "reason")
        rows = self.world.ledger.rows("episodes")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [gap | {"reason": REASONS[gap["reason"]]} for gap in found]

    def attempts(self, person: int) -> list[tuple[float, int, str, float]]:
        """(when, node, outcome, how long) of a person's attempts to connect."""
        rows = self.world.ledger.rows("attempts")
        mine = [row for row in rows if row[1] == person]
        return [(at_s, node, OUTCOMES[how], took_s) for at_s, _, node, how, took_s in mine]

    def sent_s(self, message: int) -> float:
        return self.world.ledger.life_s("sent_s", message)

    def accepted_s(self, message: int) -> float:
        return self.world.ledger.life_s("accepted_s", message)

    def told_s(self, message: int) -> float:
        return self.world.ledger.life_s("told_s", message)


__all__ = ["EVERYONE", "LINK", "ONE_WAY_S", "Stage"]
