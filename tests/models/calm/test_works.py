"""Pieces of work in rows: done, put off by a pause, or lost with their process."""

from types import SimpleNamespace

from models.calm import rows
from models.calm.works import DIED, LATER, NOW, at_work, book_work, over
from sim.core.calendar import REALS, calendar, pop
from sim.engine import Engine
from sim.process import Process


def bench():
    process = Process(Engine())
    shared = calendar(8)
    state = SimpleNamespace(
        calendar=shared.views, queues=process.engine.processes.shared.views, now_s=[0.0],
        told=[0] * rows.TOLD,
    )  # fmt: skip
    return state, process


def test_a_piece_is_done_in_its_time_and_later_after_a_pause():
    state, process = bench()
    book_work(state, 1.0, rows.ANSWER, 3, 4, process.row)
    process.pause(10.0)
    slot = pop(state.calendar)
    state.now_s[0] = 1.0
    assert at_work(state, slot, process.row) == LATER
    again = pop(state.calendar)
    assert state.calendar.real[again * REALS] == 11.0
    assert at_work(state, again, process.row) == NOW


def test_a_piece_dies_with_its_process():
    state, process = bench()
    book_work(state, 1.0, rows.ANSWER, 3, 4, process.row)
    process.crash()
    assert at_work(state, pop(state.calendar), process.row) == DIED


def test_the_last_piece_ends_a_process_that_waits_for_it():
    state, process = bench()
    process.in_hand = 2
    process.exit()
    assert over(state, process.row, rows.DONE) == rows.DONE
    assert over(state, process.row, rows.DONE) == rows.EXIT
    assert state.told[1] == process.row
    assert (process.in_hand, process.running) == (0, True)
    process.exit_if_idle()
    assert not process.running
