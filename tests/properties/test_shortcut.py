"""Idea I2's shortcut changes nothing: a delivery nobody reacts to may be recorded beforehand.

Each example is a small world with trouble in it, run twice: once with deliveries posted and settled
at death, once with an event for each. The two histories are the same to the last microsecond.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.scenario.scenario import Scenario

MEASURED_UNTIL_S = 30.0


def one_of(*kinds: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(kinds)


DELAYS = one_of(
    None,
    {"kind": "constant", "delay_s": 0.1234},
    {"kind": "lognormal", "median_s": 0.05, "sigma": 1.0},
)
LOSSES = one_of(
    {"kind": "none"},
    {"kind": "bernoulli", "ratio": 0.02},
    {"kind": "bernoulli", "ratio": 0.3},
    {"kind": "gilbert-elliott", "mean_good_s": 4, "mean_bad_s": 1, "loss_good": 0, "loss_bad": 0.8},
)
RATES = one_of(None, {"kind": "none"}, {"kind": "constant", "up_bps": 5e4, "down_bps": 5e4})
OUTAGES = one_of(
    {"kind": "none"},
    {"kind": "renewal", "up": {"kind": "exponential", "mean_s": 8},
     "down": {"kind": "exponential", "mean_s": 2}},
)  # fmt: skip
SESSIONS = one_of({"kind": "always"}, {"kind": "on-off", "on_mean_s": 8, "off_mean_s": 3})
# Odd thousandths: at a tie of an arrival and a fault, which comes first is nobody's promise.
TIMES_S = st.integers(3_000, 20_000).map(lambda ms: ms / 1000 + 0.000317)


def fault(**keys: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {key: value if isinstance(value, st.SearchStrategy) else st.just(value)
         for key, value in keys.items()}
    )  # fmt: skip


@st.composite
def spans(draw: st.DrawFn, kind: str, **keys: Any) -> dict[str, Any]:
    start_s = draw(TIMES_S)
    return {"kind": kind, "start_s": start_s, "end_s": start_s + draw(st.floats(0.5, 8)), **keys}


NODES = st.integers(0, 3)
FAULTS = st.one_of(
    spans("link-outage", person=1),
    spans("shared-outage", share=0.5),
    spans("backplane-outage"),
    fault(kind="mass-disconnect", share=0.7, at_s=TIMES_S),
    fault(kind="node-crash", node=NODES, at_s=TIMES_S, restart_s=1.5),
    fault(kind="host-loss", node=NODES, at_s=TIMES_S, back_s=4.0),
    fault(kind="node-pause", node=NODES, at_s=TIMES_S, for_s=2.0),
    fault(kind="rolling-deploy", at_s=TIMES_S, drain_s=2.0, restart_s=1.0),
    fault(kind="add-nodes", at_s=TIMES_S, count=1),
    fault(kind="remove-nodes", at_s=TIMES_S, count=1, drain_s=2.0),
)


@st.composite
def troubled(draw: st.DrawFn) -> Scenario:
    network = {
        "share": 1.0,
        "profile": draw(one_of("fibre", "4g", "3g", "geo-satellite")),
        "delay": draw(DELAYS),
        "loss": draw(LOSSES),
        "rate": draw(RATES),
        "outages": draw(OUTAGES),
        "changes_address": draw(st.booleans()),
    }
    return scenario(
        seed=draw(st.integers(0, 2**31)),
        time={"warmup_s": 5, "measure_s": MEASURED_UNTIL_S - 5, "drain_s": draw(one_of(0, 3, 30))},
        people={"count": 6, "sessions": draw(SESSIONS)},
        conversations={"sizes": {"kind": "fixed", "size": 4}},
        actions={"send": {"per_person_per_minute": draw(one_of(5, 40))}},
        networks=[network],
        transport={"lane": draw(one_of("fast", "fast", "auto", "exact"))},
        tls={"version": draw(one_of("none", "1.2", "1.3"))},
        faults=draw(st.lists(FAULTS, max_size=3)),
    )


@pytest.mark.parametrize("design", DESIGNS.values(), ids=lambda design: design.name)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(given_scenario=troubled())
def test_posting_and_sending_leave_the_same_history(design, given_scenario):
    posted = run_replication(given_scenario, design, 0, passive=True)
    sent = run_replication(given_scenario, design, 0, passive=False)
    assert posted.digest() == sent.digest()
