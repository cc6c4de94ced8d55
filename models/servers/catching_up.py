"""What a reader who comes back can still have: from the window of the log, or page by page.

As long as the window holds all that comes after a reader's cursor, it is replayed. Who is too late
for that goes on with what is left (`behind = "nothing"`; the rest is lost), or asks the store, one
page a request: for what is missing (*delta*), the newest page of each conversation (*snapshot*), or
everything that the store keeps of them (*refetch*). What the store itself does not keep any longer
(`store.history`) is lost in each case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from models.protocols.window import kept

if TYPE_CHECKING:
    from models.options import Options
    from models.protocols.window import Window
    from models.servers.messages import Messages
    from models.servers.records import Records
    from models.servers.store import Store

OUT_OF_WINDOW: Final = "left the window"
OUT_OF_STORE: Final = "left the store"


class Page(NamedTuple):
    """Messages that a request brings: the reader's own, too, and which numbers of the log."""

    numbers: tuple[int, ...]
    messages: tuple[int, ...]


class CatchingUp:
    """All readers' windows. Numbers are places in a reader's log, from 1."""

    __slots__ = ("_messages", "_options", "_records", "_rooms", "_store", "bounded")

    def __init__(
        self, options: Options, messages: Messages, records: Records, store: Store
    ) -> None:
        self._options = options.recovery
        self._messages, self._records, self._store = messages, records, store
        self._rooms: dict[int, list[int]] = {}  # conversations by person, once asked for
        self.bounded = not (self._options.window.is_whole and options.store.history.is_whole)

    @property
    def replays(self) -> bool:
        """Whether one who is too late is given nothing but what is left of the window."""
        return self._options.behind == "nothing"

    def first(self, person: int) -> int:
        """The number of the oldest entry that is replayed to whoever comes now."""
        log, window = self._store.inbox[person], self._options.window
        if window.is_whole:
            return 1
        return len(log) + 1 - int(min(self._kept(log, window), window.replay_max))

    def _kept(self, oldest_first: Sequence[int], window: Window) -> int:
        """How many of these messages, the newest ones, are in a window."""
        records, sizes = self._records, self._messages.size_bytes
        aged = ((records.accepted_s(one), sizes[one]) for one in reversed(oldest_first))
        return kept(aged, records.now_s, window)

    def pages(self, person: int, cursor: int, head: int) -> list[Page]:
        """What is fetched by one who has read up to `cursor`, of a log up to `head`; never empty.

        Numbers that are on none of the pages can never be had.
        """
        options, log = self._options, self._store.inbox[person][:head]
        missing = range(cursor + 1, head + 1)
        if options.behind == "delta" and len(missing) <= options.delta_max:
            there = [number for number in missing if self._is_in_store(log[number - 1])]
            return [
                Page(tuple(some), tuple(log[number - 1] for number in some))
                for some in _chunks(there, options.page)
            ]
        numbers = {message: number for number, message in enumerate(log, 1) if number > cursor}
        return [
            Page(tuple(numbers[one] for one in some if one in numbers), tuple(some))
            for room in self._rooms_of(person)
            for some in _chunks(self._fetched(room), options.page)
        ]

    def _fetched(self, room: int) -> Sequence[int]:
        """What is asked for of a conversation: all of it, or its newest page."""
        history = self._history(room)
        return history if self._options.behind == "refetch" else history[-self._options.page :]

    def _rooms_of(self, person: int) -> list[int]:
        if person not in self._rooms:
            members = enumerate(self._messages.members)
            self._rooms[person] = [room for room, people in members if person in people]
        return self._rooms[person]

    def _history(self, room: int) -> Sequence[int]:
        """What the store keeps of a conversation, oldest first."""
        messages = self._store.conversation(room)
        return messages[len(messages) - self._kept(messages, self._store.options.history) :]

    def _is_in_store(self, message: int) -> bool:
        if self._store.options.history.is_whole:
            return True
        return message in self._history(self._messages.conversation[message])

    def coming(self, person: int, cursor: int, sent: int) -> Iterable[int]:
        """Numbers behind the cursor that the reader has not, and still gets.

        `sent`: up to which number they are on the wire to the reader already.
        """
        head = len(self._store.inbox[person])
        if not self.bounded or cursor == head:
            return range(cursor + 1, head + 1)
        first = self.first(person)
        if self.replays or first <= cursor + 1:
            return (one for one in range(cursor + 1, head + 1) if one >= first or one <= sent)
        paged = {number for page in self.pages(person, cursor, head) for number in page.numbers}
        return (one for one in range(cursor + 1, head + 1) if one in paged or one <= sent)

    def cause(self, person: int, number: int) -> str:
        """Why an entry can never be had: it has left the store, or just the window."""
        message = self._store.inbox[person][number - 1]
        return OUT_OF_WINDOW if self.replays or self._is_in_store(message) else OUT_OF_STORE

    def lose(self, person: int, numbers: Iterable[int]) -> None:
        """These entries never reach the person."""
        for number in numbers:
            message = self._store.inbox[person][number - 1]
            self._records.drop(message, person, self.cause(person, number))


def _chunks(whole: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """In pieces of at most so many; of nothing one, as it takes a request to know that."""
    return (whole[begin : begin + most] for begin in range(0, max(len(whole), 1), most))
