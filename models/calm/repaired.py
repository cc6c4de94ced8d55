"""What objects have to do with writes under repair: their own, and all of them at the end.

What objects write to a connection in rows while something is under repair there is carried in rows
like the rest (`models.calm.repairs`); they get it when it arrives. When an end of the connection is
over, everything comes back: segments, and the state of both directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from models.calm import repairs, rows
from sim.core.lines import (
    ACKED_S,
    ARRIVE_S,
    DEPART_S,
    END,
    FLIES,
    FLOOR_S,
    KIND,
    NUMBERS,
    ORDER,
    PACKET,
    RTO_S,
    SENT_S,
    SIZE,
    TIMES,
    WHAT,
    WHO,
)
from sim.transport import repair
from sim.transport.connection import Passive
from sim.transport.direction import Segment
from sim.transport.names import PING, PONG, named
from sim.transport.tapped import wire

if TYPE_CHECKING:
    from models.calm.owners import Carrier
    from sim.transport.connection import Connection

WORDS: Final = {rows.PING_ARRIVES: PING, rows.PONG_ARRIVES: PONG}


class Repaired:
    """Segments of calm connections, as objects see them."""

    def __init__(self, calm: Carrier) -> None:
        self._calm = calm
        self._payloads: dict[int, Any] = {}  # what objects have written, by segment
        calm.left.update({rows.RECEIVED: self._received, rows.GAVE_UP: self._gave_up})

    def send(self, connection: Connection, end: int, size_bytes: int, payload: Any) -> None:
        """Objects write through trouble."""
        name = named(payload, connection.directions[end].messages)
        who = (connection.number, end, size_bytes, rows.PAYLOAD_ARRIVES, name)
        self._payloads[self._calm.in_rows(repairs.write, *who)] = payload

    def _received(self, number: int, segment: int) -> None:
        """What objects have written has arrived."""
        connection = wire(self._calm.ends[number].connection)
        payload, end = self._landed(segment)
        connection.receive_repaired(end, payload)

    def _gave_up(self, number: int, segment: int) -> None:
        connection = wire(self._calm.ends[number].connection)
        payload, end = self._landed(segment)
        connection.gave_up(end, payload)

    def _landed(self, segment: int) -> tuple[Any, int]:
        """A segment is no longer on the wire: what it carried, and who has sent it."""
        state = self._calm.views
        payload, end = self._payload(segment), self.end_of(segment)
        self._payloads.pop(segment, None)
        repairs.land(state, segment)
        repair.release(state.lines, segment)
        return payload, end

    def _payload(self, segment: int) -> Any:
        whole, at = self._calm.views.lines.segment, segment * NUMBERS
        kind, what = whole[at + KIND], whole[at + WHAT]
        if kind == rows.PAYLOAD_ARRIVES:
            return self._payloads[segment]
        if kind == rows.POST_ARRIVES:
            return Passive(what, self._calm.ends[whole[at + WHO]].person)
        if kind in rows.OF_ACKS and self._calm.acked is not None:
            return self._calm.acked.payload(kind, what)
        return WORDS[kind] if kind in WORDS else self._calm.act(what)

    def flying(self, number: int) -> list[int]:
        """Segments of a connection that are to arrive, in the order of sending."""
        whole = self._calm.engine.lines.shared.arrays.segment.reshape(-1, NUMBERS)
        found = ((whole[:, FLIES] != 0) & (whole[:, WHO] == number)).nonzero()[0]
        return sorted(found.tolist(), key=lambda one: whole[one, ORDER])

    def end_of(self, segment: int) -> int:
        """Who has sent it."""
        return self._calm.views.lines.segment[segment * NUMBERS + END]

    def size_bytes(self, segment: int) -> int:
        """What was written in it."""
        return self._calm.views.lines.segment[segment * NUMBERS + SIZE]

    def acts(self) -> Iterator[int]:
        """Messages that clients have sent and that have not arrived."""
        whole = self._calm.engine.lines.shared.arrays.segment.reshape(-1, NUMBERS)
        acts = (whole[:, FLIES] != 0) & (whole[:, KIND] == rows.ACT_ARRIVES)
        yield from whole[acts, WHAT].tolist()

    def payloads(self, number: int) -> Iterator[Any]:
        """What a connection has on the wire under repair, messages of clients left out."""
        whole = self._calm.views.lines.segment
        for segment in self.flying(number):
            if whole[segment * NUMBERS + KIND] != rows.ACT_ARRIVES:
                yield self._payload(segment)

    def give_back(self, connection: Connection, events: list[tuple[int, bool, float, int]]) -> None:
        """All is carried by objects again.

        `events`: those that segments of the connection had, in the order of their places: segment,
        whether its sender gives up then, the time, the place. They stay where they are, and do
        nothing there.
        """
        lines, made = self._calm.views.lines, dict[int, Segment]()

        def make(one: int) -> Segment:
            if one not in made:
                made[one] = _segment(lines, one)
            return made[one]

        for one in self.flying(connection.number):
            segment = make(one)
            segment.payload = self._payload(one)
            self._payloads.pop(one, None)
            connection.fly_repaired(self.end_of(one), segment)
        booked = set()
        for one, gives_up, time_s, place in events:
            if lines.segment[one * NUMBERS + FLIES]:
                if gives_up:
                    connection.give_up_again(made[one], time_s, place)
                elif time_s == made[one].arrive_s and one not in booked:
                    connection.arrive_again(made[one], place)
                    booked.add(one)
        for one in made:
            lines.segment[one * NUMBERS + FLIES] = 0
        for direction in connection.directions:
            direction.from_rows(make)


def _segment(lines: Any, one: int) -> Segment:
    """What lies at that place of the pool, as an object without payload."""
    at, times = one * NUMBERS, lines.times_s[one * TIMES : (one + 1) * TIMES]
    segment = Segment(None, lines.segment[at + SIZE], times[FLOOR_S], lines.segment[at + PACKET])
    segment.sent_s, segment.depart_s = times[SENT_S], times[DEPART_S]
    segment.arrive_s, segment.acked_s = times[ARRIVE_S], times[ACKED_S]
    segment.rto_s = times[RTO_S]
    return segment
