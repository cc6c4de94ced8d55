"""Faults as tests make them, and a world in which they strike."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from small import scenario

from sim.faults import AnyFault, Fault
from sim.faults.base import Surroundings
from sim.faults.plan import arm
from sim.world import World, build_world

FAULT: TypeAdapter[Fault] = TypeAdapter(AnyFault)
AROUND = Surroundings(people=10, gateways=3, api_nodes=2, measured_until_s=100.0)


def fault(kind: str, **keys: Any) -> Fault:
    return FAULT.validate_python({"kind": kind, **keys})


def faults(*keys: dict[str, Any]) -> list[Fault]:
    return [FAULT.validate_python(each) for each in keys]


class Stage:
    """A world with armed faults and a system that only takes notes."""

    def __init__(self, *keys: dict[str, Any], **changes: Any) -> None:
        self.world: World = build_world(scenario(faults=list(keys), **changes), 0)
        self.notes: list[tuple[float, str, int]] = []
        arm(self.world.scenario.faults, self.world, self)

    def disconnect(self, person: int) -> None:
        self.notes.append((self.world.engine.now_s, "disconnect", person))

    def move(self, person: int) -> None:
        self.notes.append((self.world.engine.now_s, "move", person))

    def states(self, *times_s: float) -> list[list[str]]:
        """The state of every node at each of these times."""
        seen = []
        for time_s in times_s:
            self.world.engine.run(time_s)
            seen.append([node.state for node in self.world.nodes])
        return seen
