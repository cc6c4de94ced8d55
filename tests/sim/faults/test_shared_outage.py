"""Many links that are dead together: whose, by whose luck."""

from typing import Any

import pytest

from sim.faults.plan import link_outages
from sim.streams import Streams
from tests.sim.faults.made_faults import faults

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
