"""What is on the wire of calm connections: how much, what it carries, and how it comes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.calm import rows
from models.calm.repaired import WORDS, Repaired
from models.calm.rows import CONNECTION, ON_THE_WIRE
from sim.core.calendar import (
    ALSO,
    COUNT,
    INTEGERS,
    KIND,
    PLACE,
    REALS,
    SINCE_S,
    TIME_S,
    WHAT,
    WHO,
    Calendar,
    free,
    withdraw,
)
from sim.transport.connection import CLIENT, SERVER, Connection

if TYPE_CHECKING:
    from models.calm.owners import Acked, Connections, End, Mailroom
    from sim.core.arrays import Shared
    from sim.engine import Engine


class UnderWay(ABC):
    """Looks at the loop's calendar, connection by connection."""

    _calendar: Shared[Calendar]
    _mailroom: Mailroom
    _repaired: Repaired
    acked: Acked | None
    connections: Shared[Connections]
    ends: list[End]
    engine: Engine

    def act(self, message: int) -> Any:
        """What its client writes."""
        return self._mailroom.sender.payload(message)

    @property
    @abstractmethod
    def views(self) -> Any:
        """Everything in rows, for Python."""

    def _withdraw(self, connection: Connection, events: list[tuple[int, bool, float, int]]) -> None:
        """Take what is on the wire off the calendar; `events` gains those of segments."""
        taken = self._calendar.views
        slots = self._on_the_wire(connection.number)
        for slot in sorted(slots, key=lambda one: taken.whole[one * INTEGERS + PLACE]):
            whole = taken.whole[slot * INTEGERS : (slot + 1) * INTEGERS]
            time_s = taken.real[slot * REALS + TIME_S]
            if whole[KIND] == rows.REPAIRED:
                events.append((whole[WHAT], bool(whole[ALSO]), time_s, whole[PLACE]))
                continue
            if whole[KIND] == rows.ECHO_ARRIVES:
                since_s = taken.real[slot * REALS + SINCE_S]
                ponged = self.ends[connection.number].ponged
                self.engine.again(time_s, whole[PLACE], connection.echoed, SERVER, since_s, ponged)
            elif whole[KIND] == rows.ACT_ARRIVES:
                message = whole[WHAT]
                payload = self.act(message)
                size_bytes = self._mailroom.mail.views.up_bytes[message]
                connection.fly_again(CLIENT, payload, size_bytes, time_s, whole[PLACE])
            elif whole[KIND] in rows.OF_ACKS and self.acked is not None:
                kind, what, end = whole[KIND], whole[WHAT], whole[ALSO]
                size_bytes = self.acked.size_bytes(kind, what, end)
                payload = self.acked.payload(kind, what)
                connection.fly_again(end, payload, size_bytes, time_s, whole[PLACE])
            else:
                word = WORDS[whole[KIND]]
                connection.fly_again(whole[ALSO], word, rows.PING_BYTES, time_s, whole[PLACE])
            position = list(taken.heap[: taken.counters[COUNT]]).index(slot)
            withdraw(taken, position)
            free(taken, slot)

    def _on_the_wire(self, number: int) -> list[int]:
        """Slots of what is on the wire of a connection."""
        calendar = self._calendar.arrays
        slots = calendar.heap[: calendar.counters[COUNT]]
        whole = calendar.whole.reshape(-1, INTEGERS)
        found = slots[whole[slots, WHO] == number]
        return [slot for slot in found.tolist() if whole[slot, KIND] in ON_THE_WIRE]

    def waiting_bytes(self, connection: Connection, end: int) -> int:
        """Bytes that this end has written in rows and that have not arrived."""
        under_way = self.connections.views.row[connection.number * CONNECTION + rows.UNDER_WAY]
        repaired, waiting = connection.repaired(end)
        if under_way == repaired:
            return waiting
        whole, up_bytes = self._calendar.views.whole, self._mailroom.mail.views.up_bytes
        for slot in self._on_the_wire(connection.number):
            at = slot * INTEGERS
            if whole[at + KIND] == rows.ACT_ARRIVES and end == CLIENT:
                waiting += up_bytes[whole[at + WHAT]]
            elif whole[at + KIND] in WORDS and whole[at + ALSO] == end:
                waiting += rows.PING_BYTES
            elif whole[at + KIND] in rows.OF_ACKS and whole[at + ALSO] == end:
                assert self.acked is not None
                waiting += self.acked.size_bytes(whole[at + KIND], whole[at + WHAT], end)
        return waiting

    def flying(self) -> Iterator[int]:
        """Messages that clients have sent and that have not arrived."""
        yield from self._repaired.acts()
        calendar = self._calendar.views
        for slot in calendar.heap[: calendar.counters[COUNT]]:
            if calendar.whole[slot * INTEGERS + KIND] == rows.ACT_ARRIVES:
                yield calendar.whole[slot * INTEGERS + WHAT]

    def posted(self, connection: Connection) -> Iterator[tuple[int, int]]:
        """Deliveries posted to it that have not arrived, latest first: their rows and sizes."""
        posts, now_s = self.views.posts, self.engine.now_s
        place = int(self.connections.views.row[connection.number * CONNECTION + rows.LAST_POST])
        while place >= 0 and posts.time_s[place] > now_s:
            yield place, posts.size_bytes[place]
            place = posts.before[place]

    def settled(self, connection: Connection) -> None:
        """What is posted has been taken back."""
        self.connections.views.row[connection.number * CONNECTION + rows.LAST_POST] = -1.0
