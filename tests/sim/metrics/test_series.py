"""A run second by second."""

import pytest

from sim.metrics.series import series
from tests.sim.metrics.histories import arrival, episode, judged, message


def test_columns_are_equally_long():
    lengths = {len(column) for column in series(judged()).values()}
    assert lengths == {90}


def test_sends_and_deliveries_fall_into_their_seconds():
    sent = [message(12.0), message(12.9), message(13.0)]
    rows = [arrival(0, 1, 12.5), arrival(0, 1, 12.6), arrival(1, 1, 14.0), arrival(1, 2, 14.9)]
    found = series(judged(messages=sent, deliveries=rows))
    assert found["sends"][11:15] == [0, 2, 1, 0]
    assert found["deliveries"][11:16] == [0, 1, 0, 2, 0]


def test_latency_belongs_to_the_second_of_sending():
    sent = [message(20.0 + k / 200, 2, 1) for k in range(100)] + [message(30.0, 2, 1)]
    rows = [arrival(k, 3, 20.0 + k / 200 + (k + 1) / 10) for k in range(100)]
    found = series(judged(messages=sent, deliveries=[*rows, arrival(100, 3, 34.0)]))
    assert found["latency_p99_s"][20] == pytest.approx(9.9)
    assert found["latency_p99_s"][30] == pytest.approx(4.0)
    assert found["latency_p99_s"][25] is None


def test_connected_people_are_those_with_the_app_open_and_nothing_cut():
    sessions = [(0, 0.0, 100.0), (1, 0.0, 100.0), (2, 0.0, 50.0), (2, 60.0, 100.0)]
    cuts = [
        episode(0, 20.0, 20.0, 25.0, 25.0),
        episode(0, 22.0, 22.0, 30.0, 30.0, channel=1),  # overlaps: still one person
        episode(1, 24.0),  # never back
        episode(2, 45.0, 46.0, 70.0, 70.0),  # app closed meanwhile
        episode(2, 55.0, 55.0, 56.0, 56.0),  # no app open at all
    ]
    found = series(judged(episodes=cuts, sessions=sessions))["connected_people"]
    at = {0: 3, 19: 3, 20: 2, 24: 1, 29: 1, 30: 2, 45: 1, 55: 1, 60: 2, 89: 2}
    assert {second: found[second] for second in at} == at


def test_attempts_and_the_busiest_node():
    nodes = [(5.0, 0, 0, 0.2, 1, 0), (5.0, 1, 0, 1.6, 1, 0), (6.0, 0, 0, 0.4, 1, 0)]
    found = series(judged(nodes=nodes, attempts=[(7.0, 1, 0, 0, 0.1), (7.9, 1, 0, 1, 0.1)]))
    assert found["cpu_busiest"][4:7] == [pytest.approx(0.8), pytest.approx(0.2), None]
    assert found["attempts"][6:9] == [0, 2, 0]
