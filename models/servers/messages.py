"""What servers and clients look up of each message: plain lists, made once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world import World


class Messages:
    """The workload by message number, as Python ints: numpy scalars slow down what they touch."""

    __slots__ = ("action", "actor", "conversation", "members", "people", "size_bytes", "time_s")

    def __init__(self, world: World) -> None:
        workload = world.workload
        self.action: list[int] = workload.action.tolist()
        self.actor: list[int] = workload.actor.tolist()
        self.conversation: list[int] = workload.conversation.tolist()
        self.size_bytes: list[int] = workload.size_bytes.tolist()
        self.time_s: list[float] = workload.time_s.tolist()
        self.members: Sequence[Sequence[int]] = workload.members
        self.people: int = workload.people
