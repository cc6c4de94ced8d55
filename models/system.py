"""A system under test: the service, and one channel of each kind that the design's table names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.channels import channels
from models.channels.kind import SendsInRows
from models.connections import links
from models.connections.endpoint import Slot
from models.servers.service import Service
from models.wording import Wording
from sim.history import LIST, SEEN, SEND, TYPING
from sim.transport.reference import kernel_counters

if TYPE_CHECKING:
    from models.channels.kind import Channel
    from models.options import Options, Routes
    from sim.world import World


class System:
    """One design, built in one world. The run tells it who comes, goes and acts."""

    def __init__(self, world: World, routed: Routes, options: Options) -> None:
        kinds = channels()
        self.service = Service(world, options, kinds[routed.receive].backplane)
        routes = {
            LIST: routed.list, SEND: routed.send, TYPING: routed.typing, SEEN: routed.seen,
        }  # fmt: skip
        names = sorted({*routes.values(), routed.receive})
        self.channels: dict[str, Channel] = {
            name: kinds[name].build(
                Slot(world, options, self.service, index, name == routed.receive)
            )
            for index, name in enumerate(names)
        }
        only = routed.receive not in routes.values()
        self._only_receives = self.channels[routed.receive] if only else None
        self._listens = world.listens
        self._engine = world.engine
        self._route = {action: self.channels[name] for action, name in routes.items()}
        self.service.delivers_by(self.channels[routed.receive])  # type: ignore[arg-type]
        for name, channel in self.channels.items():
            if isinstance(channel, SendsInRows):
                channel.sends([action for action, by in routes.items() if by == name])
        if world.needs_objects or not all(kinds[name].in_rows for name in names):
            self.service.leave_to_objects()
        self._actor, self._action = self.service.messages.actor, self.service.messages.action
        self.said = Wording(self._action).said
        hearing = [
            channel for name, channel in self.channels.items()
            if "client" in kinds[name].reads and isinstance(channel, links.HearsOfLinks)
        ]  # fmt: skip
        links.book(world, options.client.software, hearing)

    def play(self) -> None:
        """Act from now on as the workload says. One wake-up walks through it: no timer each."""
        self.service.rooms.play()
        if self.service.mailroom is not None:
            self.service.mailroom.play(self.act)
        else:
            self._act_from(0)

    def _act_from(self, message: int) -> None:
        times_s = self.service.messages.time_s
        if message < len(times_s):
            self._engine.at(times_s[message], self._step, message)

    def _step(self, message: int) -> None:
        self.act(message)
        self._act_from(message + 1)

    def join(self, person: int) -> None:
        """The person opens the app."""
        for channel in self.channels.values():
            if self._listens(person) or channel is not self._only_receives:
                channel.join(person)

    def leave(self, person: int) -> None:
        """The person closes the app."""
        for channel in self.channels.values():
            channel.leave(person)

    def act(self, message: int) -> None:
        """The person does what was intended, now."""
        self._route[self._action[message]].submit(self._actor[message], message)

    def disconnect(self, person: int) -> None:
        """A fault resets whatever connections this person has."""
        for channel in self.channels.values():
            channel.disconnect(person)

    def move(self, person: int) -> None:
        """The person's device has a new address."""
        for channel in self.channels.values():
            channel.move(person)

    def pending(self) -> Iterator[tuple[int, int]]:
        """(message, person or EVERYONE) still held by something."""
        yield from self.service.pending()
        if self.service.mailroom is not None:
            yield from self.service.mailroom.pending()
        for channel in self.channels.values():
            yield from channel.pending()

    def finish(self) -> None:
        """The run is over: what is under way has not arrived."""
        for channel in self.channels.values():
            channel.endpoint.settle()

    def kernel(self) -> dict[str, int]:
        """Kernel counters of all connections that were simulated packet by packet."""
        return kernel_counters(
            counters for channel in self.channels.values() for counters in channel.endpoint.kernel()
        )

    def traffic(self) -> list[tuple[int, int, int, int, int]]:
        """Rows of the traffic table."""
        return [row for channel in self.channels.values() for row in channel.endpoint.traffic()]
