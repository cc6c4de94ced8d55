"""The books of a run add up, whatever the design, the broker, the number of nodes and the fault."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import scenario

from models import DESIGNS, Design
from models.protocols.mqtt import MQTT_BROKERS
from sim.experiment.run import run_replication
from sim.metrics.conservation import conservation
from sim.metrics.judged import Judged

AT_S: Final = 12.0
FAULTS: Final[dict[str, dict[str, Any]]] = {
    "node-crash": {"node": 0, "at_s": AT_S, "restart_s": 6.0},
    "host-loss": {"node": 0, "at_s": AT_S, "back_s": 25.0},
    "node-pause": {"node": 0, "at_s": AT_S, "for_s": 8.0},
    "backplane-outage": {"start_s": AT_S, "end_s": 20.0},
    "rolling-deploy": {"at_s": 10.0, "drain_s": 2.0, "restart_s": 4.0},
    "mass-disconnect": {"share": 0.5, "at_s": AT_S},
    "shared-outage": {"share": 0.5, "start_s": AT_S, "end_s": 24.0},
    "add-nodes": {"count": 1, "at_s": AT_S},
}
GATEWAYS: Final = (1, 2, 3)
BY_QOS: Final = ("mqtt-qos0", "mqtt-qos1", "mqtt-qos2")


def on(broker: str, base: str) -> Design:
    """A shipped MQTT design on another broker."""
    return DESIGNS[base].variant(f"{base}-on-{broker}", {"mqtt_broker": broker})


def books(
    design: Design, faults: list[dict[str, Any]], seed: int, **servers: int
) -> dict[str, Any]:
    """The books of one small run."""
    setting = scenario(seed=seed, faults=faults, servers={"api_nodes": 0} | servers)
    return conservation(Judged(run_replication(setting, design, 0)))


@pytest.mark.parametrize("gateways", GATEWAYS)
@pytest.mark.parametrize("kind", ["node-crash", "host-loss", "node-pause", "rolling-deploy"])
@pytest.mark.parametrize("broker", MQTT_BROKERS)
def test_a_broker_that_fails_knows_what_became_of_every_message(broker, kind, gateways):
    for base in BY_QOS[: MQTT_BROKERS[broker].qos_max + 1]:
        found = books(on(broker, base), [{"kind": kind, **FAULTS[kind]}], 7, gateways=gateways)
        assert found["adds_up"], (base, found)
        assert found["receptions_owed"] > 50


def all_designs() -> st.SearchStrategy[Design]:
    exactly_once = [name for name, broker in MQTT_BROKERS.items() if broker.qos_max == 2]
    brokers = st.builds(on, st.sampled_from(exactly_once), st.just("mqtt-qos2"))
    return st.one_of(st.sampled_from(list(DESIGNS.values())), brokers)


def strikes(gateways: int) -> st.SearchStrategy[dict[str, Any]]:
    """One fault, at any gateway."""
    kinds = st.sampled_from(sorted(FAULTS))
    return st.builds(
        lambda kind, node: (
            {"kind": kind, **FAULTS[kind]} | ({"node": node} if "node" in FAULTS[kind] else {})
        ),
        kinds,
        st.integers(0, gateways - 1),
    )


@settings(max_examples=120, derandomize=True)
@given(st.data())
def test_the_books_add_up(data):
    gateways = data.draw(st.sampled_from(GATEWAYS))
    design = data.draw(all_designs())
    faults = data.draw(st.lists(strikes(gateways), min_size=1, max_size=2))
    seed, apis = data.draw(st.integers(0, 999)), data.draw(st.integers(0, 2))
    found = books(design, faults, seed, gateways=gateways, api_nodes=apis)
    assert found["adds_up"], (design.name, found)
