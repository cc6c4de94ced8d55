"""What is taken down while a run goes on becomes columns."""

import math

import numpy as np
import pytest
from taken import ledger, recorded

from sim import history as record
from sim.history import HIDDEN
from tests.sim.metrics.histories import META


def test_what_was_said_becomes_columns():
    tables = recorded().tables
    assert tables["deliveries"]["time_s"].tolist() == [12.4, 12.9]
    assert tables["deliveries"]["visible"].tolist() == [True, False]
    assert tables["listed"]["holds"].tolist() == [0, -1]
    assert tables["drops"]["person"].tolist() == [-1]
    assert tables["messages"]["told_s"][0] == 12.5
    assert tables["episodes"]["cut_s"].tolist() == [20.0]
    assert np.isnan(tables["messages"]["told_s"][1])
    assert tables["traffic"]["bytes"].tolist() == [10**12]
    assert tables["members"]["person"].tolist() == [0, 1, 1, 2]
    assert tables["sessions"]["end_s"].tolist() == [100.0, 40.0, 100.0]
    assert len(tables["attempts"]["time_s"]) == 0
    sampled = {name: column.tolist() for name, column in tables["nodes"].items()}
    assert sampled == {
        "time_s": [1.0], "node": [0], "kind": [record.API], "busy_s": [0.25],
        "connections": [7], "queue": [3],
    }  # fmt: skip


def test_what_was_taken_back_is_gone_and_the_rest_keeps_its_order():
    taken, clock = ledger()
    taken.posted(1, 1, 14.0)
    taken.posted(0, 1, 14.0)
    row = taken.posted(0, 1, 15.0)
    assert taken.delivery(row) == (0, 1, 15.0)
    taken.taken_back(row)
    clock.now_s = 13.0000001
    taken.shown(1, 1, visible=False)
    clock.now_s = 13.0
    taken.shown(1, 1, replayed=True)
    rows = taken.history(META).tables["deliveries"]
    assert rows["message"].tolist() == [0, 1, 1, 1]
    assert rows["order"].tolist() == [2, 0, HIDDEN, 1]
    assert rows["via"].tolist() == [record.LIVE, record.REPLAYED, record.LIVE, record.LIVE]
    assert [copy[3:] for copy in taken.copies()][2:] == [(0, False), (1, True)]
    assert type(taken.copies()[0][2]) is float


def test_incidents_are_numbered_by_their_begin_whoever_says_so_first():
    told = []
    for turned in (False, True):
        taken, _ = ledger()
        struck = [
            ("reset", 30.0, 30.0, record.PERSON, (2,)),
            ("outage", 20.0, 25.0, record.PERSON, (1,)),
            ("backplane-outage", 20.0, 21.0, record.EVERYBODY),
            ("shared-outage", 40.0, 41.0, record.PERSON, (0, 2)),
        ]
        for one in reversed(struck) if turned else struck:
            taken.struck(*one)
        of = taken.history(META)
        assert of.meta["incident_kinds"] == ["backplane-outage", "outage", "reset", "shared-outage"]
        told.append({name: column.tolist() for name, column in of.tables["incidents"].items()})
    assert told[0] == told[1]
    assert told[0]["number"] == [0, 1, 2, 3, 3]
    assert told[0]["kind"] == [0, 1, 2, 3, 3]
    assert told[0]["whom"] == [record.NOBODY, 1, 2, 0, 2]


def gap(happens, *, ends=lambda taken: taken.over()):
    """The one episode of person 1 on channel 0, from cut to caught up, and why."""
    taken, clock = ledger()
    happens(taken, clock)
    ends(taken)
    [row] = taken.rows("episodes")
    assert row[:2] == (1, 0)
    return row[2:]


def lost(taken, clock, at_s, well_s):
    clock.now_s = at_s
    taken.noticed(1, 0, "heartbeat", well_s)


REASON = record.REASONS.index("heartbeat")


def test_a_cut_is_dated_by_the_outage_that_began_since_all_was_well():
    def happens(taken, clock):
        taken.outages(1, [(10.0, 12.0), (20.0, 60.0), (70.0, 80.0)])
        lost(taken, clock, 50.0, well_s=19.0)

    cut_s, noticed_s, open_s, synced_s, reason = gap(happens)
    assert (cut_s, noticed_s, reason) == (20.0, 50.0, REASON)
    assert math.isnan(open_s)
    assert math.isnan(synced_s)


def test_an_outage_through_which_something_was_heard_is_not_what_cut():
    def happens(taken, clock):
        taken.outages(1, [(20.0, 30.0)])
        lost(taken, clock, 50.0, well_s=31.0)

    assert gap(happens)[0] == 50.0


@pytest.mark.parametrize(("opened_s", "cut_s"), [(5.0, 18.0), (18.5, 20.0)])
def test_a_cut_is_dated_by_the_death_of_the_node_that_had_the_connection(opened_s, cut_s):
    def happens(taken, clock):
        taken.outages(1, [(20.0, 60.0)])
        clock.now_s = opened_s
        taken.open(1, 0, node=3)
        for time_s, node in ((17.0, 2), (18.0, 3)):
            clock.now_s = time_s
            taken.down(node)
        lost(taken, clock, 50.0, well_s=16.0)

    assert gap(happens)[0] == cut_s


def test_a_gap_is_over_when_its_owner_has_caught_up():
    def happens(taken, clock):
        lost(taken, clock, 50.0, well_s=40.0)
        for time_s, verb in ((52.0, taken.open), (53.0, taken.synced), (54.0, taken.synced)):
            clock.now_s = time_s
            verb(1, 0)

    assert gap(happens)[:4] == (50.0, 50.0, 52.0, 53.0)


def test_losing_the_connection_again_begins_another_gap():
    taken, clock = ledger()
    lost(taken, clock, 50.0, well_s=40.0)
    clock.now_s = 52.0
    taken.open(1, 0)
    lost(taken, clock, 55.0, well_s=52.0)
    taken.closed(1, 0)
    taken.closed(1, 0)
    first, second = taken.rows("episodes")
    assert first[2:5] == (50.0, 50.0, 52.0)
    assert second[2:4] == (55.0, 55.0)
    assert math.isnan(second[4])
