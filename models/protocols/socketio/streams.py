"""Connection state recovery over a Redis stream, which all servers write and read.

An event is an entry of the stream, whoever has it to deliver, and its offset is the entry's id; a
session that ended lies in Redis, so that any server can restore it, once (GETDEL). What bounds it
is the length of the stream, for the whole cluster, and the age of a session. After npm
@socket.io/redis-streams-adapter 0.3.1, dist/adapter.js (maxLen 10,000).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Final

from models.protocols.machine import above
from models.protocols.socketio.recovery import Entry, Recovered, RecoveryLog

LENGTH: Final = 10_000


class StreamLog(RecoveryLog):
    """The recovery memory of all servers together."""

    __slots__ = ("_length", "_offsets", "_rooms")

    def __init__(self, max_s: float = 120.0, length: int = LENGTH) -> None:
        super().__init__(max_s)
        above("length", length, 0)
        self._length = length
        self._offsets: dict[Hashable, int] = {}
        self._rooms: dict[int, frozenset[Hashable]] = {}  # of each entry, by its offset

    def add(self, message: Hashable, rooms: Collection[Hashable], now_s: float) -> int:
        """XADD: an event to these rooms; returns its offset. The oldest entry makes room for it."""
        self._next += 1
        self._entries.append(Entry(self._next, message, None, now_s))
        self._rooms[self._next] = frozenset(rooms)
        self._offsets[message] = self._next
        if len(self._entries) > self._length:
            gone = self._entries.popleft()
            del self._rooms[gone.offset]
            if self._offsets.get(gone.message) == gone.offset:
                del self._offsets[gone.message]
        return self._next

    def append(
        self, message: Hashable, room: Hashable, now_s: float, lasting: bool = True
    ) -> int | None:
        """The offset of an event that a server emits; None for one that is not in the stream."""
        return self._offsets.get(message) if lasting else None

    def restore(self, pid: int, offset: int, now_s: float) -> Recovered | None:
        """What the client with this `pid` and last `offset` missed; None when it cannot be told."""
        session = self._sessions.pop(pid, None)
        if session is None or session.ended_s + self.max_s < now_s:
            return None
        if not self._entries or not self._entries[0].offset <= offset <= self._entries[-1].offset:
            return None
        later = [one for one in self._entries if one.offset > offset]
        missed = [one for one in later if not self._rooms[one.offset].isdisjoint(session.rooms)]
        return Recovered(session.rooms, missed)

    def _sweep(self, now_s: float) -> None:
        """Sessions end by their age, one by one; entries by the length of the stream."""
        old = [pid for pid, one in self._sessions.items() if one.ended_s + self.max_s < now_s]
        for pid in old:
            del self._sessions[pid]
