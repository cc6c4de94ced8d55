"""When screens lacked something, against an oracle that knows every message and every screen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screens import watch
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics.judged import Judged
from sim.metrics.spells import Spells, merged, open_hours
from sim.metrics.stale import stale_lost_per_hour, stale_per_hour
from tests.sim.metrics.histories import arrival, history, message

PEOPLE, ROOMS = 3, ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2))
SECONDS = st.integers(16, 200).map(lambda halves: halves / 2)


@st.composite
def sessions(draw, person):
    """Disjoint spans of one person, on half seconds; they may touch."""
    edges = sorted(draw(st.lists(SECONDS, max_size=6, unique=True)))
    if draw(st.booleans()):
        return [(person, 0.0, 100.0)]
    return [(person, start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def histories(draw):
    """A few messages of three people in two rooms, shown late, twice, hidden, or never."""
    sent = st.lists(st.tuples(SECONDS, st.integers(0, 2), st.integers(0, 1)), max_size=6)
    sent = sorted(draw(sent))
    shown = []
    for number, (at_s, _, _) in enumerate(sent):
        for person in range(PEOPLE):
            for wait in draw(st.lists(st.integers(0, 60), max_size=2)):
                at = min(at_s + wait / 2, 99.5)  # the run ends before its horizon
                shown.append(arrival(number, person, at, visible=draw(st.booleans())))
    return history(
        {"people": PEOPLE, "owed": draw(st.sampled_from(["present", "members"]))},
        messages=[message(at_s, actor, room) for at_s, actor, room in sent],
        deliveries=shown,
        members=ROOMS,
        sessions=[row for person in range(PEOPLE) for row in draw(sessions(person))],
    )


def rows_of(spells):
    columns = (spells.person, spells.start_us, spells.end_us, spells.ended)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def agree(of):
    """Whether the metrics see what the oracle sees."""
    found, judged = watch(of), Judged(of)
    assert rows_of(judged.spells) == found.spells
    assert open_hours(of) == pytest.approx(found.open_us / 3.6e9)
    if found.open_us:
        assert stale_per_hour(judged) == pytest.approx(found.stale_us / found.open_us * 3600)
        assert stale_lost_per_hour(judged) == pytest.approx(found.lost_us / found.open_us * 3600)
    else:
        assert stale_per_hour(judged) is None


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_an_oracle_of_every_message_and_every_screen_agrees(of):
    agree(of)


@pytest.mark.parametrize("owed", ["present", "members"])
@pytest.mark.parametrize("design", ["full-websocket", "hybrid", "long-poll", "mqtt-qos1"])
def test_the_oracle_agrees_on_real_runs(design, owed):
    given_scenario = scenario(
        people={
            "count": 8,
            "owed": owed,
            "sessions": {"kind": "on-off", "on_mean_s": 25, "off_mean_s": 5},
        },
        networks=[{"share": 1.0, "profile": "4g", "outages": {
            "kind": "renewal", "up": {"kind": "exponential", "mean_s": 15},
            "down": {"kind": "exponential", "mean_s": 5}}}],
    )  # fmt: skip
    of = run_replication(given_scenario, DESIGNS[design], 0)
    assert len(Judged(of).spells.person) > 2
    agree(of)


def spans(*rows):
    person, start, end, ended = (np.array(column) for column in zip(*rows, strict=True))
    return Spells(person, start, end, ended)


def test_spans_that_meet_are_one_and_people_stay_apart():
    rows = merged(spans((1, 5, 9, True), (0, 0, 5, True), (0, 5, 7, True), (0, 8, 9, True)))
    assert rows_of(rows) == [(0, 0, 7, True), (0, 8, 9, True), (1, 5, 9, True)]


def test_a_long_span_swallows_short_ones_and_empty_ones_vanish():
    rows = merged(spans((0, 0, 9, True), (0, 2, 3, True), (0, 4, 20, False), (1, 4, 4, True)))
    assert rows_of(rows) == [(0, 0, 20, False)]
