"""Nodes that cannot reach each other."""

from sim.faults.plan import backplane_outages
from sim.network.outages import NO_OUTAGES, Outages
from tests.sim.faults.made_faults import faults

OTHER = {"kind": "shared-outage", "share": 0.3, "start_s": 1, "end_s": 2}


def test_backplane_outages_are_joined():
    given = faults(
        {"kind": "backplane-outage", "start_s": 3, "end_s": 5},
        OTHER,
        {"kind": "backplane-outage", "start_s": 4, "end_s": 6},
    )
    assert backplane_outages(given) == Outages([(3, 6)])
    assert backplane_outages(faults(OTHER)) == NO_OUTAGES
