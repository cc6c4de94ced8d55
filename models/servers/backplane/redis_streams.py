"""Socket.IO's adapter for Redis Streams: messages are entries of a stream, which every node reads.

A node remembers how far it has read, so after a gap it goes on where it was: nothing is lost while
Redis cannot be reached, unless more was written than the stream holds. What a node sends is for its
own readers, too, when Redis has it, and not before (npm @socket.io/redis-streams-adapter 0.3.1:
XADD, XREAD of at most 100 entries). Every node reads everything and throws away what is for rooms
that it does not have; requests between nodes go by publish and subscribe, and count subscribers.

Left out: a Redis that dies with the stream (it is on disk here, or there is a replica), and entries
that a node misses between its first two reads (it begins at `$`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from models.protocols.socketio.streams import StreamLog
from models.servers.backplane.adapter import Adapter
from models.servers.backplane.redis import Command, Seat
from sim.tape import PUBLISHED

if TYPE_CHECKING:
    from models.servers.backplane.crossing import Homes, Port
    from sim.node import Node

AT_ONCE: Final = 100  # entries of one XREAD


class Entry(NamedTuple):
    """A message in the stream, the node that wrote it, and where its readers were then."""

    message: int
    node: Node
    homes: Homes


class Reader:
    """How far a node's process has read; `blocked`: its XREAD waits in Redis for an entry."""

    __slots__ = ("blocked", "cursor", "epoch", "seat")

    def __init__(self, seat: Seat, cursor: int) -> None:
        self.seat = seat
        self.cursor = cursor
        self.epoch = seat.node.epoch
        self.blocked = False


class RedisStreams(Adapter):
    """An entry, read by everyone."""

    LOCAL_FIRST: ClassVar[bool] = False
    KEEPS_OFFSETS: ClassVar[bool] = True
    READS: ClassVar[tuple[str, ...]] = (*Adapter.READS, "stream_length")

    def __init__(self, port: Port, cost_s: float | None = None) -> None:
        self._stream: list[Entry] = []
        self._readers: dict[int, Reader] = {}
        self._length = port.options.backplane.stream_length
        self._log = self.log = StreamLog(port.options.recovery.keep_s, self._length)
        super().__init__(port, cost_s)
        # reading on is no subscription: every client does
        self.redis.client = replace(self.redis.client, restores=True)

    def subscriptions(self, seat: Seat) -> int:
        """One command with both channels of requests."""
        return 1

    def subscribe(self, seat: Seat) -> None:
        """Listen to requests, and read on: a new process begins at the end of the stream."""
        database, pubsub = self.port.options.backplane.database, self.redis.pubsub
        pubsub.subscribe(seat, self.channels.request, database)
        pubsub.subscribe(seat, self.channels.response, database)
        reader = self._readers.get(seat.node.index)
        if reader is None or reader.epoch != seat.node.epoch:
            if reader is None:
                seat.node.on_down.append(self._forget)
            reader = self._readers[seat.node.index] = Reader(seat, len(self._stream))
        self._serve(reader)

    def carrying_s(self, message: int) -> float:
        """XADD, as dear as PUBLISH (assumption)."""
        return self.port.world.scenario.backplane.publish_s

    def carried(self, node: Node, homes: dict[int, list[int]], message: int) -> None:
        """The entry is there: own readers are served, and whoever waits for one has it."""
        now_s = self.port.world.engine.now_s
        self._log.add(message, self.port.readers(message), now_s)
        self.serve_own(node, homes.pop(node.index, []), message)
        for index in [index for index in homes if index not in self._live()]:
            self.missed(node, {index: homes.pop(index)}, message, "node died")
        for _ in homes:
            self.port.records.hold(message)
        self._stream.append(Entry(message, node, homes))
        for reader in self._readers.values():
            if reader.blocked:
                self._serve(reader)

    def _live(self) -> dict[int, Reader]:
        """Readers whose process is there, be it out of Redis's reach."""
        return {
            index: one
            for index, one in self._readers.items()
            if one.seat.node.running and one.epoch == one.seat.node.epoch
        }

    def _serve(self, reader: Reader) -> None:
        """Redis answers an XREAD: with what is there, or when there is something."""
        self._skip(reader)
        entries = self._stream[reader.cursor : reader.cursor + AT_ONCE]
        reader.blocked = not entries
        if entries:
            self.port.world.backplane_messages += len(entries)
            for entry in entries:
                if reader.seat.node.index in entry.homes:
                    arrive_s = self.port.world.engine.now_s + self.redis.delay_s
                    mark = self.port.records.mark
                    mark(PUBLISHED, entry.node, reader.seat.node, entry.message, arrive_s)
            cost_s = self.cost_s * len(entries)
            read = partial(self._read, reader, entries)
            self.redis.copy(reader.seat, 0, cost_s, read, _read_again)

    def _skip(self, reader: Reader) -> None:
        """What the stream has dropped before it was read is skipped, and nobody is told."""
        first = len(self._stream) - self._length
        if reader.cursor < first:
            for entry in self._stream[reader.cursor : first]:
                self._missed_at(reader, entry, "queue overflow")
            reader.cursor = first

    def _read(self, reader: Reader, entries: list[Entry]) -> None:
        """The node has them: they are for whoever is in the room there now; then it reads on."""
        reader.cursor += len(entries)
        node = reader.seat.node
        for entry in entries:
            people = self.port.homes(entry.message).get(node.index, [])
            self.redis.told("heard")
            if entry.node is node or not people:
                self.redis.told("discarded")
            else:
                self.port.deliver(node, people, entry.message)
            self._left_here(node, people, entry)
        spec = self.port.world.scenario.backplane
        cost_s = spec.publish_s + spec.receiver_s * len(entries)
        epoch = reader.seat.listens.epoch
        self.redis.do(
            Command(cost_s, partial(self._go_on, reader, epoch), _read_again), _read_again
        )

    def _left_here(self, node: Node, present: list[int], entry: Entry) -> None:
        """Whoever was to read it at this node, and is not here any more, misses it."""
        before = entry.homes.get(node.index)
        if before is not None:
            self.port.records.release(entry.message)
            if gone := [person for person in before if person not in present]:
                self.port.miss(gone, entry.message, "not connected")

    def _go_on(self, reader: Reader, epoch: int) -> None:
        if epoch == reader.seat.listens.epoch:
            self._serve(reader)

    def _forget(self, node: Node) -> None:
        """A process died, and with it how far it had read."""
        reader = self._readers[node.index]
        reader.blocked = False
        for entry in self._stream[reader.cursor :]:
            self._missed_at(reader, entry, "node died")
        reader.cursor = len(self._stream)

    def _missed_at(self, reader: Reader, entry: Entry, cause: str) -> None:
        index = reader.seat.node.index
        if index in entry.homes:
            self.port.records.release(entry.message)
            self.missed(entry.node, {index: entry.homes[index]}, entry.message, cause)


def _read_again(_: object) -> None:
    """Nothing is lost: when the connection is back the node reads on from where it was."""


BACKPLANE: Final = RedisStreams
