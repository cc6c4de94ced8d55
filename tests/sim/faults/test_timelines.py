"""Outages that are known beforehand: of whom, when, and by whose luck."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from sim.faults.spec import Fault
from sim.faults.timelines import backplane_outages, link_outages
from sim.network.outages import NO_OUTAGES, Outages
from sim.streams import Streams

FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)


def faults(*keys: dict[str, Any]) -> list[Fault]:
    return [FAULT.validate_python(each) for each in keys]


def test_a_link_outage_hits_one_person():
    given = faults({"kind": "link-outage", "person": 3, "start_s": 1, "end_s": 2})
    assert link_outages(given, Streams(1, 0), 5) == {3: Outages([(1, 2)])}


def test_outages_of_one_person_are_joined():
    given = faults(
        {"kind": "link-outage", "person": 3, "start_s": 1, "end_s": 4},
        {"kind": "node-pause", "node": 0, "at_s": 1, "for_s": 1},
        {"kind": "link-outage", "person": 3, "start_s": 3, "end_s": 6},
        {"kind": "shared-outage", "share": 1.0, "start_s": 5, "end_s": 7},
    )
    assert link_outages(given, Streams(1, 0), 4) == {
        **dict.fromkeys((0, 1, 2), Outages([(5, 7)])),
        3: Outages([(1, 7)]),
    }


def test_a_person_whom_the_trace_does_not_have_is_nobody():
    given = faults({"kind": "link-outage", "person": 9, "start_s": 1, "end_s": 2})
    assert link_outages(given, Streams(1, 0), 5) == {}


SHARED = {"kind": "shared-outage", "share": 0.3, "start_s": 1, "end_s": 2}


def hit(streams: Streams, people: int, *keys: dict[str, Any]) -> list[int]:
    return list(link_outages(faults(*keys), streams, people))


@pytest.mark.parametrize(
    ("share", "people", "count"), [(0.3, 10, 3), (0.25, 1000, 250), (1.0, 7, 7), (0.01, 10, 0)]
)
def test_a_shared_outage_hits_its_share_to_the_person(share, people, count):
    found = hit(Streams(1, 0), people, {**SHARED, "share": share})
    assert len(found) == len(set(found)) == count
    assert found == sorted(found)
    assert set(found) <= set(range(people))


def test_who_is_hit_depends_on_seed_replication_and_the_place_of_the_fault():
    usual = hit(Streams(1, 0), 100, SHARED)
    assert usual == hit(Streams(1, 0), 100, {**SHARED, "start_s": 0.5})
    elsewhere = faults({"kind": "node-pause", "node": 0, "at_s": 1, "for_s": 1}, SHARED)
    others = (
        hit(Streams(2, 0), 100, SHARED),
        hit(Streams(1, 1), 100, SHARED),
        list(link_outages(elsewhere, Streams(1, 0), 100)),
    )
    assert all(usual != other for other in others)


def test_everybody_is_equally_likely_to_be_hit():
    counts = [0] * 10
    for replication in range(400):
        for person in hit(Streams(1, replication), 10, SHARED):
            counts[person] += 1
    assert max(abs(count - 120) for count in counts) < 4.5 * (400 * 0.3 * 0.7) ** 0.5


def test_backplane_outages_are_joined():
    given = faults(
        {"kind": "backplane-outage", "start_s": 3, "end_s": 5},
        SHARED,
        {"kind": "backplane-outage", "start_s": 4, "end_s": 6},
    )
    assert backplane_outages(given) == Outages([(3, 6)])
    assert backplane_outages(faults(SHARED)) == NO_OUTAGES
