"""All four families deliver what the product delivers, at nearly the same moments.

Nearly: the product serves pieces of work of one connection in their order, and pays for what takes
microseconds after it is done.
"""

import numpy as np
import pytest

import sim
from sim.bench.idiomatic import IDIOMATIC
from sim.bench.scenario import MANY_PER_MINUTE, WARMUP_S, scenario
from sim.world import build_world

PEOPLE = 210
NEARLY_S = 0.001
SETTLED_S = WARMUP_S / 10.0 + 0.5  # everybody is connected


def ours(world, design):
    """Message and person -> when it was shown, and when each message was sent."""
    tables = sim.run_replication(world, sim.designs()[design], 0).tables
    shown = tables["deliveries"]
    assert shown["visible"].all()
    pairs = zip(shown["message"].tolist(), shown["person"].tolist(), strict=True)
    return dict(zip(pairs, shown["time_s"].tolist(), strict=True)), tables["messages"]["time_s"]


@pytest.mark.parametrize("family", IDIOMATIC)
def test_the_same_deliveries_at_nearly_the_same_moments(family):
    world = scenario(sim.designs(), PEOPLE, "calm", MANY_PER_MINUTE)
    theirs = IDIOMATIC[family](build_world(world, 0))
    theirs.run()
    here, sent_s = ours(world, family)
    there = {(one.message, one.person): one.time_s for one in theirs.deliveries}
    assert len(theirs.deliveries) == len(there) > 15_000
    assert there.keys() == here.keys()
    apart_s = [
        abs(there[pair] - at_s) for pair, at_s in here.items() if sent_s[pair[0]] > SETTLED_S
    ]
    assert max(apart_s) < NEARLY_S
    assert np.median(apart_s) < NEARLY_S / 100.0


def test_every_family_is_called_like_its_design():
    assert IDIOMATIC.keys() <= sim.designs().keys()
