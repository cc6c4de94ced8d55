"""The store behind every design: what was committed, pages of it, and a log for each reader."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from models.servers.key_memory import KeyMemory
from models.servers.log import Log
from sim.history import NOTHING, SEND, Column

if TYPE_CHECKING:
    from models.options import Options
    from models.servers.messages import Messages
    from models.servers.records import Records
    from models.servers.rooms import Rooms
    from sim.node import Node

PAGE: Final = 50
"""Messages in the answer to a LIST (Discord API v10, GET /channels/{id}/messages: default 50)."""


class Store:
    """Messages that outlive the nodes. `logged`: actions that the readers' logs hold.

    `logs`: those logs, which may live in a process's memory; `inbox`: one reader's by number.
    """

    __slots__ = (
        "_keys",
        "_messages",
        "_paged",
        "_pages",
        "_readers",
        "_records",
        "_rooms",
        "commits",
        "committed",
        "inbox",
        "logged",
        "logs",
        "options",
        "recovers",
        "stored",
    )

    def __init__(
        self, options: Options, messages: Messages, records: Records, rooms: Rooms
    ) -> None:
        self.options = options.store
        self.recovers = options.recovery.kind == "cursor"  # readers have a log to catch up from
        self._messages = messages
        self._readers = rooms.entitled
        self._records = records
        self.logged: tuple[int, ...] = (SEND,)
        # By message, whether it is stored; the messages, in order, and how many: compiled code
        # writes here, too.
        self.stored: Column = np.zeros(len(messages.action), dtype=np.int64)
        self.committed: Column = np.zeros(len(messages.action), dtype=np.int64)
        self.commits: Column = np.zeros(1, dtype=np.int64)
        self._paged = 0  # how many of those are on pages
        self._pages: dict[int, deque[int]] = {}  # conversation -> the newest stored messages
        self._rooms: dict[int, list[int]] = {}  # conversation -> all that were stored
        self._keys = KeyMemory(options.store.keys, self.committed, self.commits, records)
        in_memory = options.recovery.log == "memory"
        self.logs = Log(messages.people, in_memory, self._lost)
        self.inbox = self.logs.by_reader

    def commit(self, message: int) -> bool:
        """Keep a message; False for one that is known.

        Without an idempotency key nothing is known again.
        """
        known = self.has(message)
        if known and self.options.idempotent and self._keys.knows(message):
            return False
        self.stored[message] = 1
        if known:
            self._keys.learns_again(message)
            self._put_on_page(message)
        else:
            self.committed[self.commits[0]] = message
            self.commits[0] += 1
        return True

    def has(self, message: int) -> bool:
        """Whether it is stored."""
        return bool(self.stored[message])

    def _put_on_page(self, message: int) -> None:
        """Pages hold what was sent, in the order in which it was stored."""
        self._turn_pages()
        if self._messages.action[message] == SEND:
            room = self._messages.conversation[message]
            self._pages.setdefault(room, deque(maxlen=PAGE)).append(message)
            self._rooms.setdefault(room, []).append(message)

    def conversation(self, room: int) -> list[int]:
        """What was sent there and stored, in that order."""
        self._turn_pages()
        return self._rooms.get(room, [])

    def _turn_pages(self) -> None:
        """Let pages hold all that is stored."""
        paged, self._paged = self._paged, int(self.commits[0])
        for message in self.committed[paged : self._paged].tolist():
            self._put_on_page(message)

    def note_page(self, request: int) -> None:
        """Of the page that was read: who asks looks for their own, back to the oldest on it."""
        if self.options.stored:
            self._turn_pages()
            actor = self._messages.actor
            page = self._pages.get(self._messages.conversation[request]) or (NOTHING,)
            asker, whole = actor[request], self._records.whole_pages
            own = [one for one in page if one >= 0 and (whole or actor[one] == asker)]
            for message in dict.fromkeys((page[0], *own)):
                self._records.listed(request, message)

    def keeps(self, message: int) -> bool:
        """Whether readers find the message in their logs, whatever becomes of deliveries."""
        return self.recovers and self._messages.action[message] in self.logged

    def log(self, node: Node, message: int) -> None:
        """Put a message that `node` has taken into the logs of its readers."""
        if self.keeps(message):
            self.logs.append(node, message, self._readers(message))

    def _lost(self, message: int, person: int) -> None:
        self._records.drop(message, person, "store lost")
