"""Directions as rows: outages, and the pool of segments."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from sim.core.lines import IN_USE, LAST_S, NUMBERS, SPANS, LineRows, is_up, next_down_s
from sim.network.outages import NO_OUTAGES, Outages
from sim.transport.repair import hold, new_segment, release

SPANS_S = Outages([(1.0, 2.0), (5.0, 5.5), (9.0, inf)])


@pytest.mark.parametrize("time_s", [0.0, 0.99, 1.0, 1.5, 2.0, 4.9, 5.0, 5.2, 5.5, 8.0, 9.0, 50.0])
@pytest.mark.parametrize("outages", [NO_OUTAGES, SPANS_S, Outages([(0.0, 3.0)])])
def test_rows_know_when_a_path_is_down_as_outages_do(outages, time_s):
    lines = LineRows()
    lines.spans(lines.add(), Outages([(0.5, 7.0)]))
    at = lines.add()
    lines.spans(at, outages)
    assert is_up(lines.shared.views, at, time_s) == outages.is_up(time_s)
    assert next_down_s(lines.shared.views, at, time_s) == outages.next_down_s(time_s)


def test_outages_are_written_once_for_all_connections_of_a_path():
    lines = LineRows()
    rows = [lines.add() for _ in range(5)]
    for at in rows:
        lines.spans(at, SPANS_S)
    assert {lines.shared.views.row[at + SPANS] for at in rows} == {0.0}
    assert list(lines.shared.views.starts_s) == [1.0, 5.0, 9.0]


def test_a_line_is_under_way_until_its_last_write_arrives_and_what_has_none_may_be():
    lines = LineRows()
    assert lines.under_way(np.array([-1]), 0.0).tolist() == [True]
    places = [lines.add() for _ in range(3)]
    for at, last_s in zip(places, (1.0, 2.0, 3.0), strict=True):
        lines.shared.views.row[at + LAST_S] = last_s
    asked = np.array([*places, -1])
    assert lines.under_way(asked, 2.0).tolist() == [False, True, True, True]
    assert lines.under_way(asked[:0], 2.0).tolist() == []


def test_the_pool_grows_and_hands_out_each_place_once():
    lines = LineRows()
    lines.more_segments(100)
    views = lines.shared.views
    places = [new_segment(views, 10, 0, 0.0) for _ in range(100)]
    assert len(set(places)) == 100
    assert len(views.segment) >= 100 * NUMBERS
    assert views.pool[IN_USE] == 100
    for place in places:
        hold(views, place)
        release(views, place)
    assert views.pool[IN_USE] == 0
