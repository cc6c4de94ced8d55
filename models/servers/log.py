"""The readers' log: what each of them can catch up from, in the store or in a process's memory.

Entries are numbered by their place, from 1, and a reader's cursor is the number of the last one
read. A log in memory dies with the process that took the messages. What other processes took moves
up, so that cursors may be ahead of it: such a reader gets nothing until the log has grown past the
cursor, and what is appended below the cursor is never read. That is what a server does that sends
`log[cursor:]` whenever something is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sim.node import Node


class Reading(Protocol):
    """The channel on which people read the log."""

    def read(self, person: int) -> int:
        """How far this person has read."""

    def handed(self, person: int) -> int:
        """How far the person has read, or will have with what is on the wire."""

    def shortened(self, person: int) -> None:
        """The person's log has lost entries."""


class Log:
    """All readers' logs. `reading`: the channel that hands them out, once there is one.

    `lost(message, person)` hears of what a reader can never read any more, `told(message, person)`
    of every entry, if anybody wants to.
    """

    __slots__ = ("_lost", "_taker", "by_reader", "in_memory", "reading", "told")

    def __init__(self, readers: int, in_memory: bool, lost: Callable[[int, int], None]) -> None:
        self.by_reader: list[list[int]] = [[] for _ in range(readers)]
        self.reading: Reading | None = None
        self.told: Callable[[int, int], None] | None = None
        self.in_memory = in_memory
        self._lost = lost
        self._taker: dict[int, Node] = {}  # message -> the process whose memory has it

    def append(self, node: Node, message: int, readers: Iterable[int]) -> None:
        """`node` has taken the message for these readers."""
        if self.in_memory:
            self._taker[message] = node
            if self._forget not in node.on_down:  # nodes may join late
                node.on_down.append(self._forget)
        for person in readers:
            log = self.by_reader[person]
            log.append(message)
            if self.told is not None:
                self.told(message, person)
            if self.in_memory and len(log) <= self._handed(person):
                self._lost(message, person)

    def _handed(self, person: int) -> int:
        return self.reading.handed(person) if self.reading is not None else 0

    def _forget(self, node: Node) -> None:
        """The process died, and with it what only its memory had."""
        gone = {message for message, taker in self._taker.items() if taker is node}
        for person, log in enumerate(self.by_reader):
            if gone.isdisjoint(log):
                continue
            read = self.reading.read(person) if self.reading is not None else 0
            for message in log[read:]:
                if message in gone:
                    self._lost(message, person)
            log[:] = [message for message in log if message not in gone]
            if self.reading is not None:
                self.reading.shortened(person)
        for message in gone:
            del self._taker[message]
