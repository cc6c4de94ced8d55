"""Somebody who listens between the nodes and never answers."""

from sim.faults.plan import backplane_outages, silent_subscribers
from sim.network.outages import NO_OUTAGES
from tests.sim.faults.made_faults import faults

ONE = {"kind": "silent-subscriber", "start_s": 1.0, "end_s": 5.0}


def test_each_is_a_subscriber_of_its_own():
    given = faults(ONE, ONE, {"kind": "backplane-outage", "start_s": 3.0, "end_s": 4.0})
    assert silent_subscribers(given) == ((1.0, 5.0), (1.0, 5.0))
    assert backplane_outages(faults(ONE)) == NO_OUTAGES
