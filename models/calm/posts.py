"""A message from a process to the people of a list: one after the other, by post or by poll.

The clock goes along: each is written to at a time of its own (`sim.core.queues.at_once`).
"""

from __future__ import annotations

from typing import Any

from models.calm import mail, repairs, rows
from models.calm.polling import polls
from models.calm.tunnels.passing import LATE, departs_s, is_proxied, passes
from sim.core.compiled import part
from sim.core.lines import LAST_S, NOT_CALM, OUT, PACKETS, SIZE_BYTES, WRITES, transmit
from sim.core.lines import WIDTH as LINE_WIDTH
from sim.core.links import FREE_S
from sim.core.queues import at_once, lasts_s
from sim.transport.connection import SERVER
from sim.transport.wire import mss_bytes

MSS_BYTES = mss_bytes()
NAMES = 0x7FFFFFFF  # names are below (`sim.transport.names.of_message`)


@part
def push_all(state: Any, people: int, message: int, count: int, each_s: float) -> int:
    """Tell the next of those who poll; how many are left, the first that is not calm or behind it.

    What comes of it at one instant keeps the order of the list.
    """
    post, began_s, left = state.mail, state.now_s[0], 0
    first = people + mail.PEOPLE + post.pool[people + mail.WRITTEN]
    for place in range(count):
        person = post.pool[first + place]
        state.now_s[0] = began_s + place * each_s
        if left > 0 or not polls.push(state, person, message):
            leave(state, left, person)
            left += 1
    state.now_s[0] = began_s
    return left


@part
def post_all(state: Any, people: int, message: int, count: int, each_s: float) -> int:
    """Write to the next people of a list on connections; how many are left, not being calm.

    Whoever is behind a proxy keeps the order of the list: it passes on what comes first.
    """
    post, began_s, left = state.mail, state.now_s[0], 0
    process, size_bytes = post.pool[people + mail.NODE], post.down_bytes[message]
    first = people + mail.PEOPLE + post.pool[people + mail.WRITTEN]
    for place in range(count):
        person = post.pool[first + place]
        state.now_s[0] = began_s + place * each_s
        behind = left > 0 and is_proxied(state, post.seat[person])
        if behind or post.home[person] != process or not write(state, person, message, size_bytes):
            leave(state, left, person)
            left += 1
    state.now_s[0] = began_s
    return left


@part
def leave(state: Any, place: int, person: int) -> None:
    """Objects are to write to a person, at this time."""
    state.mail.troubled[place], state.mail.troubled_s[place] = person, state.now_s[0]


@part
def write(state: Any, person: int, message: int, size_bytes: int) -> bool:
    """Write a delivery down for the time at which it arrives; False where that is not calm."""
    number = state.mail.seat[person]
    if number < 0 or size_bytes > MSS_BYTES:
        return False
    row, at = state.connections, number * rows.CONNECTION
    if row[at + rows.CALM] == 0.0 or row[at + rows.UNWRITTEN] != 0.0:
        return False
    depart_s, now_s = departs_s(state, number), state.now_s[0]
    if depart_s == LATE:
        return False
    state.now_s[0] = depart_s
    written = _write_down(state, number, message, size_bytes)
    if written:
        passes(state, number, rows.SEEN_DOWN_S, now_s)
    state.now_s[0] = now_s
    return written


@part
def _write_down(state: Any, number: int, message: int, size_bytes: int) -> bool:
    """The same on a calm connection, once it has passed whatever stands before it."""
    row, at = state.connections, number * rows.CONNECTION
    lines = state.lines.row
    line = int(row[at + rows.LINE]) + LINE_WIDTH
    before_s, free = lines[line + LAST_S], int(lines[line + OUT]) + FREE_S
    free_s = state.links.row[free]
    name = message << 2 & NAMES
    arrive_s = transmit(state.lines, state.links, line, state.now_s[0], size_bytes, name)
    if arrive_s == NOT_CALM:
        return repairs.write(state, number, SERVER, size_bytes, rows.POST_ARRIVES, message) >= 0
    if arrive_s == before_s:  # something else may come at that very instant: not calm after all
        lines[line + PACKETS] -= 1.0
        lines[line + WRITES] -= 1.0
        lines[line + SIZE_BYTES] -= size_bytes
        state.links.row[free] = free_s
        return False
    posts = state.posts
    place = posts.count[0]
    posts.message[place], posts.time_s[place] = message, arrive_s
    posts.person[place] = int(row[at + rows.PERSON])
    posts.before[place], posts.size_bytes[place] = int(row[at + rows.LAST_POST]), size_bytes
    row[at + rows.LAST_POST] = place
    posts.count[0] = place + 1
    return True


@part
def write_s(state: Any, people: int) -> float:
    """How long the process of a list writes to one of its people."""
    post = state.mail
    return lasts_s(state.queues, post.pool[people + mail.NODE], post.real[mail.OUT_S])


@part
def next_of(state: Any, people: int) -> int:
    """How many people of a list are written to with the next of them."""
    pool = state.mail.pool
    left = pool[people + mail.COUNT] - pool[people + mail.WRITTEN]
    return at_once(write_s(state, people), left)
