"""Writes of calm connections that need repair, on rows: carried by segments instead of by events.

A segment (`sim.transport.repair`) carries what an event of the wire would: its kind, and what. It
has an event at its arrival; when a later write moves it, it has another one, and the first then
does nothing. So what objects write while something is under repair is carried here as well.
"""

from __future__ import annotations

from typing import Any, Final

from models.calm import rows
from sim.core.calendar import BOOKED, book
from sim.core.compiled import part
from sim.core.lines import (
    ARRIVE_S,
    END,
    FLIES,
    FLYING,
    FLYING_BYTES,
    KIND,
    MOVED,
    MOVED_NEXT,
    NUMBERS,
    ORDER,
    REPAIRS,
    SIZE,
    TIMES,
    WHAT,
    WHO,
    WRITES,
)
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.transport import repair
from sim.transport.names import PING, PONG, of_place, of_word

PING_NAME: Final = of_word(PING)
PONG_NAME: Final = of_word(PONG)
FIRST_NAME: Final = of_place(0)  # of a write that is called by its place
NAMES: Final = 0x7FFFFFFF  # names are below (`sim.transport.names.of_message`)


@part
def write(state: Any, number: int, end: int, size_bytes: int, kind: int, what: int) -> int:
    """Write what is not calm; the segment, or -1, and nothing is done, where objects have to."""
    lines, now_s = state.lines, state.now_s[0]
    line = int(state.connections[number * rows.CONNECTION + rows.LINE]) + end * LINE_WIDTH
    if lines.row[line + REPAIRS] == 0.0:
        return -1
    name = name_of(lines, line, kind, what)
    segment = repair.send(lines, state.links, line, now_s, size_bytes, name)
    moved = lines.pool[MOVED]
    while moved >= 0:
        if lines.segment[moved * NUMBERS + FLIES] != 0:  # else it was lost meanwhile
            _book(state, moved)
        moved = lines.segment[moved * NUMBERS + MOVED_NEXT]
    at = segment * NUMBERS
    lines.segment[at + WHO], lines.segment[at + END] = number, end
    lines.segment[at + KIND], lines.segment[at + WHAT] = kind, what
    lines.segment[at + FLIES] = 1
    lines.row[line + FLYING] += 1.0
    lines.row[line + FLYING_BYTES] += size_bytes
    _book(state, segment)
    lines.segment[at + ORDER] = state.calendar.counters[BOOKED]
    state.connections[number * rows.CONNECTION + rows.UNDER_WAY] += 1.0
    return segment


@part
def name_of(lines: Any, line: int, kind: int, what: int) -> int:
    """What the packets are called (`sim.transport.names`)."""
    if kind == rows.PING_ARRIVES:
        return PING_NAME
    if kind == rows.PONG_ARRIVES:
        return PONG_NAME
    if kind == rows.PAYLOAD_ARRIVES:
        return what
    if kind == rows.PUBLISH_ARRIVES:
        return what >> rows.ID_BITS << 2 & NAMES
    if kind == rows.ACK_ARRIVES:
        return (int(lines.row[line + WRITES]) << 2 | FIRST_NAME) & NAMES
    return what << 2 & NAMES


@part
def _book(state: Any, segment: int) -> None:
    """Book the arrival of a segment, or that its sender gives up."""
    arrive_s = state.lines.times_s[segment * TIMES + ARRIVE_S]
    who = state.lines.segment[segment * NUMBERS + WHO]
    if arrive_s < repair.NEVER:
        book(state.calendar, arrive_s, rows.REPAIRED, who, segment, 0)
    else:
        give_up_s = state.now_s[0] + repair.GIVE_UP_S
        book(state.calendar, give_up_s, rows.REPAIRED, who, segment, 1)
    repair.hold(state.lines, segment)


@part
def lands(state: Any, segment: int, gives_up: int) -> bool:
    """Whether an event of a segment is still its fate."""
    if state.lines.segment[segment * NUMBERS + FLIES] == 0:
        return False
    return gives_up != 0 or state.lines.times_s[segment * TIMES + ARRIVE_S] == state.now_s[0]


@part
def land(state: Any, segment: int) -> None:
    """A segment is no longer on the wire."""
    whole, at = state.lines.segment, segment * NUMBERS
    connection = whole[at + WHO] * rows.CONNECTION
    line = int(state.connections[connection + rows.LINE]) + whole[at + END] * LINE_WIDTH
    whole[at + FLIES] = 0
    state.lines.row[line + FLYING] -= 1.0
    state.lines.row[line + FLYING_BYTES] -= whole[at + SIZE]
    state.connections[connection + rows.UNDER_WAY] -= 1.0


@part
def delivered(state: Any, number: int, message: int) -> int:
    """A delivery has arrived: it is written down."""
    posts, place = state.posts, state.posts.count[0]
    posts.message[place] = message
    posts.person[place] = int(state.connections[number * rows.CONNECTION + rows.PERSON])
    posts.time_s[place] = state.now_s[0]
    posts.count[0] = place + 1
    return rows.DONE
