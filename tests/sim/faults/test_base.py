"""What faults have in common: keys, checks against their surroundings, times, words."""

import pytest
from pydantic import ValidationError

from sim.faults.base import Surroundings
from tests.sim.faults.made_faults import AROUND, FAULT

GOOD = [
    ({"kind": "link-outage", "person": 9, "start_s": 1.0, "end_s": 100.0}, 100.0),
    ({"kind": "shared-outage", "share": 1.0, "start_s": 0.0, "end_s": 2.0}, 2.0),
    ({"kind": "mass-disconnect", "share": 0.5, "at_s": 99.0}, 99.0),
    ({"kind": "node-crash", "node": 4, "at_s": 10.0, "restart_s": 5.0}, 15.0),
    ({"kind": "host-loss", "node": 0, "at_s": 10.0, "back_s": 90.0}, 100.0),
    ({"kind": "rolling-deploy", "at_s": 10.0, "drain_s": 10.0, "restart_s": 8.0}, 100.0),
    ({"kind": "node-pause", "node": 1, "at_s": 10.0, "for_s": 1.5}, 11.5),
    ({"kind": "backplane-outage", "start_s": 3.0, "end_s": 4.0}, 4.0),
    ({"kind": "backend-pause", "backend": "store", "at_s": 50.0, "for_s": 10.0}, 60.0),
    ({"kind": "backend-crash", "backend": "backplane", "at_s": 50.0, "restart_s": 5.0}, 55.0),
    (
        {
            "kind": "backend-slow",
            "backend": "authenticator",
            "at_s": 50.0,
            "for_s": 5.0,
            "factor": 10.0,
        },
        55.0,
    ),
    ({"kind": "add-nodes", "at_s": 50.0, "count": 2}, 50.0),
    ({"kind": "remove-nodes", "at_s": 50.0, "count": 2, "drain_s": 30.0}, 80.0),
]


@pytest.mark.parametrize(("keys", "over_s"), GOOD, ids=lambda value: str(value)[:30])
def test_every_kind_reads_fits_and_heals_when_it_says(keys, over_s):
    fault = FAULT.validate_python(keys)
    assert fault.problems(AROUND) == []
    assert fault.healed_s(AROUND.gateways + AROUND.api_nodes) == over_s


@pytest.mark.parametrize(
    ("keys", "key", "words"),
    [
        ({"kind": "link-outage", "person": 10, "start_s": 1, "end_s": 2}, "person", "0 to 9"),
        ({"kind": "node-crash", "node": 5, "at_s": 1, "restart_s": 1}, "node", "0 to 4"),
        ({"kind": "host-loss", "node": 9, "at_s": 1, "back_s": 1}, "node", "no node 9"),
        ({"kind": "node-pause", "node": 9, "at_s": 1, "for_s": 1}, "node", "no node 9"),
        ({"kind": "remove-nodes", "at_s": 1, "count": 3, "drain_s": 0}, "count", "at most 2"),
        ({"kind": "backplane-outage", "start_s": 5, "end_s": 5}, "end_s", "not after"),
        ({"kind": "backplane-outage", "start_s": 5, "end_s": 101}, "end_s", "measuring ends"),
        ({"kind": "node-crash", "node": 0, "at_s": 99, "restart_s": 2}, "restart_s", "at 101 s"),
        ({"kind": "mass-disconnect", "share": 1, "at_s": 101}, "at_s", "measuring ends"),
        ({"kind": "rolling-deploy", "at_s": 9, "drain_s": 18, "restart_s": 1}, "restart_s", "104"),
    ],
)
def test_what_does_not_fit_is_named_by_its_key(keys, key, words):
    ((found, message),) = FAULT.validate_python(keys).problems(AROUND)
    assert found == key
    assert words in message


def test_with_a_trace_nobody_knows_yet_who_there_is():
    fault = FAULT.validate_python({"kind": "link-outage", "person": 99, "start_s": 1, "end_s": 2})
    assert fault.problems(Surroundings(None, 3, 2, 100.0)) == []


@pytest.mark.parametrize(
    "keys",
    [
        {"kind": "mass-disconnect", "share": 0.0, "at_s": 1},
        {"kind": "mass-disconnect", "share": 1.1, "at_s": 1},
        {"kind": "mass-disconnect", "share": 0.5, "at_s": -1},
        {"kind": "mass-disconnect", "share": 0.5},
        {"kind": "mass-disconnect", "share": 0.5, "at_s": 1, "node": 1},
        {"kind": "node-crash", "node": 0.5, "at_s": 1, "restart_s": 1},
        {"kind": "node-pause", "node": 0, "at_s": 1, "for_s": 0},
        {"kind": "backend-pause", "backend": "cache", "at_s": 1, "for_s": 1},
        {"kind": "backend-slow", "backend": "store", "at_s": 1, "for_s": 1, "factor": 1.0},
        {"kind": "add-nodes", "at_s": float("inf"), "count": 1},
        {"kind": "meteorite", "at_s": 1},
    ],
)
def test_impossible_values_are_refused(keys):
    with pytest.raises(ValidationError):
        FAULT.validate_python(keys)
