"""The loop stops at its bound, and when there is no room for what an event may book."""

from small import scenario

from models import DESIGNS
from models.calm import rows
from models.calm.loop import run
from sim.core.calendar import COUNT, book
from sim.world import build_world


def fresh():
    """The rows of a system in which nothing has happened, and acts at 1, 2 and 3 s."""
    world = build_world(scenario(), 0)
    world.plain = True
    calm = DESIGNS["full-websocket"].build(world).service.calm
    state = calm.views
    for time_s in (1.0, 2.0, 3.0):
        book(state.calendar, time_s, rows.ACT, 0, 0, 0)
    return state


def test_it_does_what_is_due_before_its_bound_and_says_what_is_left():
    state = fresh()
    assert run(state, 1.0, -1) == rows.DONE  # at the bound itself nothing booked later
    assert run(state, 1.5, -1) == rows.ACT_NOW  # nobody is connected: objects act
    assert (state.now_s[0], state.told[1]) == (1.0, 0)
    assert run(state, 1.5, -1) == rows.DONE
    assert state.calendar.counters[COUNT] == 2


def test_it_stops_where_the_calendar_is_nearly_full():
    state = fresh()
    while len(state.calendar.heap) - state.calendar.counters[COUNT] > rows.MARGIN:
        book(state.calendar, 9.0, rows.ACT, 0, 0, 0)
    book(state.calendar, 9.0, rows.ACT, 0, 0, 0)
    assert run(state, 1.5, -1) == rows.GROW
    assert state.now_s[0] == 0.0
