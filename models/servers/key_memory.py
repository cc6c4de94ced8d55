"""Idempotency keys that a store knows again: for how long, and how many of the newest.

A repeat whose key has been forgotten is a new message: stored, told and shown once more. Its key
is then known anew.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.protocols.window import Window
    from models.servers.records import Records
    from sim.history import Column


class KeyMemory:
    """Keys in the order in which they were stored.

    `committed`, `commits`: messages stored for the first time, and how many, which compiled code
    writes, too. Looked at when a repeat comes, and not before.
    """

    __slots__ = ("_again", "_commits", "_committed", "_records", "_repeats", "_window")

    def __init__(
        self, window: Window, committed: Column, commits: Column, records: Records
    ) -> None:
        self._window = window
        self._committed, self._commits = committed, commits
        self._records = records
        self._again: dict[int, tuple[int, float]] = {}  # message -> its newer place, and when
        self._repeats: list[int] = []  # how many were stored before each that was stored again

    def learns_again(self, message: int) -> None:
        """A message is stored again."""
        place = int(self._commits[0]) + len(self._repeats)
        self._again[message] = place, self._records.now_s
        self._repeats.append(int(self._commits[0]))

    def knows(self, message: int) -> bool:
        """Whether the key of a stored message is still known."""
        window = self._window
        if window.is_whole:
            return True
        place, time_s = self._again.get(message) or self._first(message)
        newer = int(self._commits[0]) + len(self._repeats) - place - 1
        return newer < window.messages and time_s >= self._records.now_s - window.age_s

    def _first(self, message: int) -> tuple[int, float]:
        """Its place when it was stored for the first time, and when that was."""
        stored = self._committed[: int(self._commits[0])]
        before = int(np.flatnonzero(stored == message)[0])
        place = before + bisect_right(self._repeats, before)
        return place, self._records.accepted_s(message)
