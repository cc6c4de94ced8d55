"""What waits for the reader of one connection, where that has a limit (`send_buffer`).

What is written waits in the kernel, as far as the server knows, until it has arrived. Only where
the oldest is to be dropped does the process keep what the kernel does not take, and looks every
10 ms whether it takes more (in reality epoll tells it).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.protocols.send_buffer import DISCONNECT, DROP_OLDEST
from sim.transport.connection import SERVER, Passive

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.protocols.send_buffer import SendBuffer
    from sim.transport.stream import Stream

LOOK_S: Final = 0.01
OVERFLOW: Final = "queue overflow"


class Cuttable(Protocol):
    """The server's end of the connection."""

    connection: Stream
    over: bool

    def cut_off(self, payload: Any) -> None:
        """The reader is too far behind for this payload, and loses its connection."""


class Backlog:
    """Writes to one connection as long as its reader keeps up."""

    __slots__ = ("_end", "_endpoint", "_kept", "_limits", "_sizes", "_soft_since_s", "_total")

    def __init__(self, endpoint: Endpoint, end: Cuttable) -> None:
        self._endpoint, self._end = endpoint, end
        self._limits: SendBuffer = endpoint.send_buffer
        self._sizes: deque[int] = deque()  # of what was written and may not have arrived
        self._total = 0  # of those
        # in the process: size, key of the payload, whether it may be left out
        self._kept: list[tuple[int, int, bool]] = []
        self._soft_since_s = -1.0  # since when more waits than may for long; -1: it does not

    @property
    def kept_bytes(self) -> int:
        """Bytes that the kernel has not taken."""
        return sum(size_bytes for size_bytes, *_ in self._kept)

    def put(self, size_bytes: int, payload: Any) -> None:
        """Write, leave something out, or cut the reader."""
        if self._has_room(size_bytes):
            self._take(size_bytes, payload)
        elif self._limits.full == DISCONNECT or type(payload) is not Passive:
            self._end.cut_off(payload)
        elif self._limits.full == DROP_OLDEST and (oldest := self._oldest()) is not None:
            self._drop(self._endpoint.release(self._kept.pop(oldest)[1]))
            self.put(size_bytes, payload)
        else:
            self._drop(payload)

    def _has_room(self, size_bytes: int) -> bool:
        """Whether the reader may be that far behind: its next read would free some of it."""
        limits, written_bytes = self._limits, self._end.connection.waiting_bytes(SERVER)
        waiting_bytes = written_bytes + self.kept_bytes
        if self._end.over or not waiting_bytes:
            self._soft_since_s = -1.0
            return True
        if self._too_long(waiting_bytes + size_bytes):
            return False
        many = self._under_way(written_bytes) + len(self._kept)
        return waiting_bytes + size_bytes <= limits.size_bytes and many < limits.messages

    def _too_long(self, waiting_bytes: int) -> bool:
        """Whether it has been above the soft limit for as long as that is borne."""
        if waiting_bytes <= self._limits.soft_bytes:
            self._soft_since_s = -1.0
            return False
        now_s = self._endpoint.engine.now_s
        if self._soft_since_s < 0.0:
            self._soft_since_s = now_s
        return now_s - self._soft_since_s >= self._limits.soft_s

    def _under_way(self, waiting_bytes: int) -> int:
        """How many messages have been written and have not arrived: the newest."""
        while self._sizes and self._total - self._sizes[0] >= waiting_bytes:
            self._total -= self._sizes.popleft()
        return len(self._sizes)

    def _take(self, size_bytes: int, payload: Any) -> None:
        """Into the kernel, or behind what it has not taken yet."""
        keeps = self._limits.full == DROP_OLDEST and not self._end.over
        if not keeps or (not self._kept and self._kernel_takes(size_bytes)):
            self._write(size_bytes, payload)
            return
        if not self._kept:
            self._look_later()
        key = self._endpoint.hold(payload)
        self._kept.append((size_bytes, key, type(payload) is Passive))

    def _kernel_takes(self, size_bytes: int) -> bool:
        waiting_bytes = self._end.connection.waiting_bytes(SERVER)
        return waiting_bytes == 0 or waiting_bytes + size_bytes <= self._limits.kernel_bytes

    def _write(self, size_bytes: int, payload: Any) -> None:
        self._sizes.append(size_bytes)
        self._total += size_bytes
        self._end.connection.send(SERVER, size_bytes, payload)

    def _look_later(self) -> None:
        engine = self._endpoint.engine
        engine.at(engine.now_s + LOOK_S, self._look)

    def _look(self) -> None:
        while self._kept and self._kernel_takes(self._kept[0][0]):
            size_bytes, key, _ = self._kept.pop(0)
            self._write(size_bytes, self._endpoint.release(key))
        if self._kept:
            self._look_later()

    def _oldest(self) -> int | None:
        """The place of the oldest delivery that is still in the process."""
        return next((place for place, one in enumerate(self._kept) if one[2]), None)

    def _drop(self, delivery: Passive) -> None:
        self._endpoint.drop(delivery.message, delivery.person, OVERFLOW)

    def over(self) -> None:
        """The connection has ended: what the kernel has not taken dies with it."""
        kept, self._kept = self._kept, []
        for _, key, _ in kept:
            self._end.connection.dropped[SERVER](self._endpoint.release(key))
