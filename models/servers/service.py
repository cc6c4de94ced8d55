"""The servers of one system: a door, a store, a fan-out and a backplane, wired together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.calm.calm import Calm
from models.protocols.send_buffer import DROP_NEWEST, SendBuffer
from models.servers.admission import admission
from models.servers.backplane import backplanes
from models.servers.backplane.crossing import Port
from models.servers.catching_up import CatchingUp
from models.servers.fan_out import FanOut, Receiver
from models.servers.intake import Intake
from models.servers.mailroom import Mailroom
from models.servers.messages import Messages
from models.servers.records import Records
from models.servers.rooms import Rooms
from models.servers.store import Store

if TYPE_CHECKING:
    from models.options import Options
    from sim.world import World


class Service:
    """Server-side logic of one system, before it has a receive channel; `usual`: its backplane."""

    __slots__ = (
        "calm", "catching_up", "drop", "fan_out", "intake", "mailroom", "messages", "origins",
        "records", "rooms", "send_buffer", "store",
    )  # fmt: skip

    def __init__(self, world: World, options: Options, usual: str) -> None:
        limit = options.connection.message_limit
        in_rows = world.passive and not limit.holds  # rows would answer pings that nobody has read
        self.calm = Calm(world.engine, world.plain) if in_rows else None
        self.send_buffer = send_buffer(world, options.connection.send_buffer)
        self.messages = Messages(world)
        self.records = Records(world, self.messages)
        self.rooms = Rooms(world, self.messages, options.rooms)
        self.store = Store(options, self.messages, self.records, self.rooms)
        self.catching_up = CatchingUp(options, self.messages, self.records, self.store)
        self.fan_out = FanOut(self.rooms, self.messages, self.records, self.store, options.on_disk)
        self.intake = Intake(world, self.records, self.store, self.fan_out)
        self.intake.admission = admission(world, self.messages, limit)
        fan_out = self.fan_out
        port = Port(
            world, world.gateways, self.records, fan_out.deliver, fan_out.miss, fan_out.homes,
            fan_out.home, self.rooms.readers, options,
        )  # fmt: skip
        kind, cost_s = options.backplane.kind or usual, options.backplane.cost_s
        self.fan_out.backplane = backplanes()[kind](port, cost_s)
        self.drop = self.records.drop
        self.origins: dict[tuple[int, int], Any] = {}
        """What channels share of a person's connections, by person and by who answers them."""
        self.mailroom: Mailroom | None = None
        if self.calm is not None:
            self.mailroom = self.fan_out.mailroom = Mailroom(
                world, self.calm, self.intake, self.fan_out, self.records, self.store
            )
            self.mailroom.counts_what_waits = self.send_buffer.is_bounded
            self.mailroom.check_s = self.rooms.check_s

    def delivers_by(self, receiver: Receiver) -> None:
        """People receive on this channel."""
        self.fan_out.receiver = receiver

    def leave_to_objects(self) -> None:
        """A channel of another package may do more than look: none of its steps is left out."""
        if self.mailroom is not None:
            self.mailroom.leave_to_objects()

    def pending(self) -> Iterator[tuple[int, int]]:
        """Messages that the servers are working on."""
        return self.records.pending()


def send_buffer(world: World, own: SendBuffer) -> SendBuffer:
    """What may wait for a slow reader: what the scenario says, else the design."""
    servers = world.scenario.servers
    if servers.buffer_limit_bytes is None:
        return own
    full = DROP_NEWEST if servers.buffer_full == "drop" else servers.buffer_full.replace("-", " ")
    return SendBuffer("the scenario", size_bytes=float(servers.buffer_limit_bytes), full=full)
