"""The loop over calm connections: one event after the other, in the order of the clock.

What an event does is what `models.connections` does about it, on rows (`models.calm.steps`). Where
that would not be calm, or is nobody's business but an object's, the loop says so and stops; it has
then done what comes before, and the answer says what is left to do.
"""

from __future__ import annotations

from typing import Any

from models.calm.mail import GATEWAYS, RESERVE, TOP
from models.calm.rows import DONE, GROW, MARGIN, MORE
from models.calm.steps import step
from sim.core.calendar import COUNT, REALS, free, is_due, pop
from sim.core.compiled import part, state_at
from sim.core.lines import IN_USE, NUMBERS


@part
def _room(state: Any) -> Any:
    """How many events and how many segments there may be for one more event to be carried out.

    It may write to as many people as `RESERVE` says, and each write may move all that waits behind
    the same hole, so that a segment in use may need an event.
    """
    reserve, gateways = state.mail.whole[RESERVE], state.mail.whole[GATEWAYS]
    events = len(state.calendar.heap) - reserve - MARGIN - gateways
    return events, len(state.lines.segment) // NUMBERS - reserve


@part
def has_room(state: Any) -> bool:
    """Whether the calendar and the pool of segments have room for what one event may need."""
    events, segments = _room(state)
    used = state.lines.pool[IN_USE]
    return state.calendar.counters[COUNT] + used <= events and used <= segments


@part
def run(state: Any, until_s: float, place: int) -> int:
    """Do what is due before `until_s`, and at it what was booked before `place`.

    Returns one of the answers of `models.calm.rows`; DONE when nothing is due any more.
    """
    calendar, posts, pool, whole = state.calendar, state.posts, state.lines.pool, state.mail.whole
    counters, head_s, now_s = calendar.counters, calendar.head_s, state.now_s
    events, segments = _room(state)  # arrays stay as they are in here
    pool_full = len(state.mail.pool) - whole[RESERVE]
    posts_full = len(posts.before) - whole[RESERVE]
    while head_s[0] < until_s or is_due(calendar, until_s, place):
        used = pool[IN_USE]
        if counters[COUNT] + used > events or used > segments:
            return GROW
        if whole[TOP] > pool_full or posts.count[0] > posts_full:
            return MORE
        slot = pop(calendar)
        now_s[0] = calendar.real[slot * REALS]
        code = step(state, slot)
        free(calendar, slot)
        if code != DONE:
            return code
    return DONE


def run_at(address: int, until_s: float, place: int) -> int:
    """`run`, for compiled code, on the state that lies there."""
    return run(state_at(address), until_s, place)
