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
def has_room(state: Any) -> bool:
    """Whether the calendar and the pool of segments have room for what one event may need.

    It may write to as many people as `RESERVE` says, and each write may move all that waits behind
    the same hole.
    """
    used, reserve = state.lines.pool[IN_USE], state.mail.whole[RESERVE]
    booked = state.calendar.counters[COUNT] + used + reserve
    if booked + MARGIN + state.mail.whole[GATEWAYS] > len(state.calendar.heap):
        return False
    return used + reserve <= len(state.lines.segment) // NUMBERS


@part
def run(state: Any, until_s: float, place: int) -> int:
    """Do what is due before `until_s`, and at it what was booked before `place`.

    Returns one of the answers of `models.calm.rows`; DONE when nothing is due any more.
    """
    calendar = state.calendar
    pool_full = len(state.mail.pool) - state.mail.whole[RESERVE]
    posts_full = len(state.posts.before) - state.mail.whole[RESERVE]
    while is_due(calendar, until_s, place):
        if not has_room(state):
            return GROW
        if state.mail.whole[TOP] > pool_full or state.posts.count[0] > posts_full:
            return MORE
        slot = pop(calendar)
        state.now_s[0] = calendar.real[slot * REALS]
        code = step(state, slot)
        free(calendar, slot)
        if code != DONE:
            return code
    return DONE


def run_at(address: int, until_s: float, place: int) -> int:
    """`run`, for compiled code, on the state that lies there."""
    return run(state_at(address), until_s, place)
