"""Step by step: what a client's failure costs, and when it tries again."""

import pytest
from stormy import begin

from models.storms import rows, steps
from sim.streams import Streams


def test_a_wait_is_the_one_that_the_exact_client_draws():
    made = begin()
    luck = Streams(1, 0).draws("backoff", 3).uniform
    first_s = steps.wait_of(made, 3)
    assert first_s == 5.0 * luck()  # websockets: anything up to 5 s, then 3.1 s
    assert steps.wait_of(made, 3) == 3.1


def test_a_dial_that_was_given_up_wastes_what_was_worked_for_it():
    made = begin()
    client = made.clients[2]
    client["stage"], client["tries"], client["node"] = rows.ASKS, 0, 0
    steps.dropped(made, 2, rows.TIMED_OUT, 9.0)
    assert made.real[rows.WASTED_S] == pytest.approx(made.real[rows.ACCEPT_S] + made.steps[0, 1])
    assert made.whole[rows.TIMED_OUT] == 1
    assert client["stage"] == rows.KNOCKS
    assert client["until_s"] > 9.0 + made.real[rows.CONNECT_TIMEOUT_S] - 1e-9


def test_the_last_try_is_the_last():
    made = begin()
    made.real[rows.MOST_TRIES] = 1
    made.clients[0]["attempt"] = 1
    steps.failed(made, 0, rows.TURNED_AWAY, 2.0)
    assert made.clients[0]["stage"] == rows.GONE_AWAY


def test_opening_ends_the_row_of_failures():
    made = begin()
    made.clients[0]["attempt"] = 4
    steps.opened(made, 0, 3.0)
    assert made.clients[0]["attempt"] == 0
    assert made.clients[0]["back_s"] == 3.0
    assert made.series[30, 1] == 1


def test_whoever_catches_up_asks_its_node_and_the_store():
    made = begin()
    made.real[rows.ASKED_S], made.real[rows.TOLD_S], made.whole[rows.READS] = 0.25, 0.125, 1
    made.read[1] = 0.5
    before_s = made.queues.busy.sum()
    steps.opened(made, 0, 3.0)
    assert made.clients[0]["stage"] == rows.CATCHES_UP
    for _ in range(3):
        assert made.clients[0]["stage"] == rows.CATCHES_UP
        steps.catches_up(made, 0, max(made.clients[0]["time_s"], 3.1))
    assert made.clients[0]["stage"] == rows.OPEN
    assert made.queues.busy.sum() - before_s == pytest.approx(0.875, abs=1e-3)
