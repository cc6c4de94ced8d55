"""What the channel does in a small run, counted by hand."""

from collections import Counter

from shedding.designs import HYBRID_SHEDDING

import sim
from sim.guarantees import judge
from sim.history import CAUSES, SEND

SMALL = {"people.count": 20, "time.warmup_s": 5.0, "time.measure_s": 60.0, "time.drain_s": 60.0}


def played(every):
    """How many deliveries were shed, how many came, and the history of the run."""
    design = HYBRID_SHEDDING.variant("x", {"shedding": {"every": every}})
    history = sim.run_replication(sim.load_scenario("lossy-mobile", SMALL), design, 0)
    causes = Counter(CAUSES[cause] for cause in history.tables["drops"]["cause"])
    return causes["queue overflow"], len(history.tables["deliveries"]["person"]), history


def test_one_in_n_is_shed():
    shed, came, _ = played(4)
    whole = shed + came
    assert whole / 4 - SMALL["people.count"] <= shed <= whole / 4
    assert played(2)[0] > shed


def test_what_is_shed_is_lost_after_an_ok():
    history = played(4)[2]
    assert (history.tables["messages"]["action"] == SEND).any()
    assert judge(history, ["no-loss-after-ok"])["no-loss-after-ok"].state == "violated"


def test_it_is_among_the_designs():
    assert sim.designs()["hybrid-shedding"] == HYBRID_SHEDDING
