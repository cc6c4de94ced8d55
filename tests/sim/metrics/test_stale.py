"""Stale seconds and spells: what was missing from a screen, whoever noticed."""

import math

import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics.judged import Judged, Rate
from sim.metrics.spells import begun_in_window
from sim.metrics.stale import METRICS
from tests.sim.metrics.histories import arrival, drop, judged, message, value

# Person 1 is the only reader: messages of person 0 in a room of the two.
PAIR = {"members": ((0, 0), (0, 1)), "sessions": [(0, 0.0, 100.0), (1, 0.0, 100.0)]}


def per_hour(stale_s, open_s=160.0):
    """Two people are there for 80 s each."""
    return pytest.approx(stale_s / open_s * 3600)


def figures(*names, **rows):
    of = judged(**(PAIR | rows))
    return [value(METRICS, name, of) for name in names]


def test_a_late_message_makes_a_screen_stale_from_when_it_is_due():
    rows = {"messages": [message(20.0)], "deliveries": [arrival(0, 1, 26.0)]}
    stale, lost = figures("stale_per_hour", "stale_lost_per_hour", **rows)
    assert (stale, lost) == (per_hour(5.0), 0.0)
    assert figures("gap_p50", "gap_p99", "gap_mean", **rows) == [5.0, 5.0, 5.0]
    assert figures("gap_unfinished", **rows) == [Rate(0, 1)]


def test_nothing_late_is_no_stale_second_and_no_spell():
    rows = {"messages": [message(20.0)], "deliveries": [arrival(0, 1, 21.0)]}
    assert figures("stale_per_hour", "gap_p50", "gap_mean", **rows) == [0.0, None, None]
    assert figures("gap_unfinished", **rows) == [None]
    assert value(METRICS, "stale_per_hour", judged(sessions=[])) is None


def test_what_is_missing_at_the_same_time_is_one_spell():
    sent = [message(20.0), message(22.0), message(60.0)]
    shown = [arrival(0, 1, 30.0), arrival(1, 1, 31.0), arrival(2, 1, 62.0)]
    rows = {"messages": sent, "deliveries": shown}
    assert figures("stale_per_hour", **rows) == [per_hour(10.0 + 1.0)]
    assert figures("gap_p50", "gap_p99", **rows) == [1.0, 10.0]


def test_what_never_comes_is_missing_until_the_end_and_told_apart():
    sent = [message(20.0), message(30.0)]
    rows = {"messages": sent, "deliveries": [arrival(1, 1, 41.0)], "drops": [drop(0, 1)]}
    stale, lost = figures("stale_per_hour", "stale_lost_per_hour", **rows)
    assert (stale, lost) == (per_hour(69.0), per_hour(59.0))
    assert figures("gap_p50", "gap_unfinished", **rows) == [math.inf, Rate(1, 1)]
    assert figures("gap_mean", **rows) == [90.0]  # from the start of the window to the horizon


def test_the_app_that_closes_cuts_a_spell_off_and_does_not_drop_it():
    sessions = [(0, 0.0, 100.0), (1, 0.0, 40.0), (1, 50.0, 60.0)]
    of = judged(
        **(PAIR | {"sessions": sessions, "messages": [message(20.0)], "drops": [drop(0, 1)]})
    )
    spells = of.spells
    assert (spells.start_us / 1e6).tolist() == [21.0, 50.0]
    assert (spells.end_us / 1e6).tolist() == [40.0, 60.0]
    assert not spells.ended.any()
    assert value(METRICS, "gap_p50", of) == math.inf
    assert value(METRICS, "gap_unfinished", of) == Rate(0, 2)  # the run's end cut none off
    assert value(METRICS, "stale_per_hour", of) == per_hour(29.0, 80.0 + 30.0 + 10.0)


def test_a_median_beyond_what_was_seen_to_end_is_never():
    sent = [message(20.0 + 10 * k) for k in range(4)]
    rows = [arrival(0, 1, 22.0), arrival(1, 1, 33.0), arrival(2, 1, 45.0)]
    of = judged(**(PAIR | {"messages": sent, "deliveries": rows, "drops": [drop(3, 1)]}))
    assert value(METRICS, "gap_p50", of) == 2.0
    assert value(METRICS, "gap_p99", of) == math.inf


LINK = {"share": 1.0, "profile": "lan", "delay": {"kind": "constant", "delay_s": 0.05}}
TUNNELS = {0: 20.013, 3: 100.013, 6: 40.013}  # one of each room of three is under for a minute
KEEPS = {"acks": True, "stored": True, "idempotent": True, "recovery": "cursor"}
BEATS = ("none", "none+websockets", "websockets")  # nobody, the servers, both ends look


def tunnelled(heartbeat, changes):
    """Rooms of three that talk all the time; a person of each goes through a tunnel once."""
    turns = [(6.0 + turn / 2, turn % 9) for turn in range(432)]
    given = scenario(
        people={"count": 9, "owed": "members"},
        script={
            "rooms": [[0, 1, 2], [3, 4, 5], [6, 7, 8]],
            "sends": [{"at_s": at_s, "sender": who, "room": who // 3} for at_s, who in turns],
        },
        networks=[LINK],
        time={"warmup_s": 5.0, "measure_s": 220.0, "drain_s": 100.0},
        faults=[
            {"kind": "link-outage", "person": person, "start_s": at_s, "end_s": at_s + 60.0}
            for person, at_s in TUNNELS.items()
        ],
    )
    name = heartbeat.replace("+", "-")
    design = DESIGNS["full-websocket"].variant(name, {"heartbeat": heartbeat, **changes})
    return Judged(run_replication(given, design, 0))


@pytest.mark.parametrize("changes", [{}, KEEPS], ids=["losing", "keeping"])
def test_changing_only_a_heartbeat_changes_no_spell_that_counts(changes):
    found = [tunnelled(beat, changes) for beat in BEATS]
    spells = [begun_in_window(of.history, of.spells) for of in found]
    begins = [list(zip(one.person, one.start_us, strict=True)) for one in spells]
    assert begins[0] == begins[1] == begins[2]
    assert {person for person, _ in begins[0]} >= set(TUNNELS)
    # They end when the design makes good, which takes a heartbeat where nobody else would notice.
    nobody, _, both = (one.end_us.tolist() for one in spells)
    assert nobody != both
    # Of connections they tell different tales: who does not look has seen no cut.
    cuts = [len(of.history.tables["episodes"]["person"]) for of in found]
    assert cuts[0] < cuts[2]
