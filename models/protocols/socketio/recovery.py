"""Socket.IO's connection state recovery: the log and the sessions a server keeps in memory.

What is recovered: events without acknowledgement, not volatile, sent after the last one the client
has seen. When: for a connection whose end the server has noticed, for a technical reason, not more
than `max_s` ago, and only by a client that has seen any event at all. After npm socket.io-adapter
2.5.8, in-memory-adapter.js, and socket.io 4.8.4, socket.js.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from itertools import count
from typing import Final, NamedTuple

from models.protocols.machine import above

RECOVERABLE: Final = (
    "transport error",
    "transport close",
    "forced close",
    "ping timeout",
    "server shutting down",
    "forced server close",
)
"""Reasons of an end after which the state is kept."""

_SWEEP_S: Final = 60.0


class Entry(NamedTuple):
    """A logged event."""

    offset: int
    message: Hashable
    room: Hashable
    time_s: float


class Session(NamedTuple):
    """The rooms of a connection that ended."""

    rooms: tuple[Hashable, ...]
    ended_s: float


class Recovered(NamedTuple):
    """What a returning client gets back."""

    rooms: tuple[Hashable, ...]
    missed: list[Entry]


class RecoveryLog:
    """One server's recovery memory; `max_s` is maxDisconnectionDuration, 2 minutes by default.

    Old entries go in a sweep once a minute, so an event is kept for `max_s` to `max_s` + 60 s.
    `pids` gives private ids; logs between which clients wander must share one.
    """

    __slots__ = ("_entries", "_next", "_pids", "_sessions", "_swept_s", "max_s")

    def __init__(
        self, max_s: float = 120.0, now_s: float = 0.0, pids: Iterator[int] | None = None
    ) -> None:
        above("max_s", max_s, 0.0)
        self.max_s = max_s
        self._swept_s = now_s
        self._entries: deque[Entry] = deque()
        self._sessions: dict[int, Session] = {}
        self._next = 0
        self._pids = count(1) if pids is None else pids

    def new_pid(self) -> int:
        """A fresh private id for a connection."""
        return next(self._pids)

    def append(
        self, message: Hashable, room: Hashable, now_s: float, lasting: bool = True
    ) -> int | None:
        """Log an event to `room` (None: everyone); returns its offset.

        `lasting` False, for volatile events and events with acknowledgement: not logged, None.
        """
        self._sweep(now_s)
        if not lasting:
            return None
        self._next += 1
        self._entries.append(Entry(self._next, message, room, now_s))
        return self._next

    def save(self, pid: int, rooms: tuple[Hashable, ...], reason: str, now_s: float) -> None:
        """Keep the state of a connection that ended for `reason`, if that can be recovered."""
        self._sweep(now_s)
        if reason in RECOVERABLE:
            self._sessions[pid] = Session(rooms, now_s)

    def restore(self, pid: int, offset: int, now_s: float) -> Recovered | None:
        """What the client with this `pid` and last `offset` missed; None when it cannot be told."""
        self._sweep(now_s)
        session = self._sessions.get(pid)
        if session is None or session.ended_s + self.max_s < now_s:
            return None
        if not self._entries or not self._entries[0].offset <= offset <= self._entries[-1].offset:
            return None
        rooms = (None, *session.rooms)
        missed = [e for e in self._entries if e.offset > offset and e.room in rooms]
        return Recovered(session.rooms, missed)

    def _sweep(self, now_s: float) -> None:
        sweeps = (now_s - self._swept_s) // _SWEEP_S
        if sweeps < 1:
            return
        self._swept_s += sweeps * _SWEEP_S
        threshold_s = self._swept_s - self.max_s
        while self._entries and self._entries[0].time_s < threshold_s:
            self._entries.popleft()
        old = [pid for pid, session in self._sessions.items() if session.ended_s < threshold_s]
        for pid in old:
            del self._sessions[pid]
