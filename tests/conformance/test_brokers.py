"""Each broker as one entry keeps what all must keep, and what it claims, under faults of its own.

Excuses are those of `mqtt-qos1`, and what a broker's own documentation makes of a fault.
"""

from functools import cache

import pytest

from sim.experiment.run import run_replication
from tests.conformance import checks
from tests.conformance.runs import DESIGNS, FAULTS, Run, under

BROKERS = ("mosquitto", "emqx", "vernemq", "rabbitmq")
LIBRARIES = {"mosquitto": "libmosquitto", "emqx": "mqtt.js", "vernemq": "paho", "rabbitmq": "paho"}
TRIED = ("no-fault", "broker-netsplit", "node-crash", "host-loss", "mass-disconnect")
OF_ONE_NODE = ("no-fault", "mass-disconnect", "changes-address")
PAIRS = [
    (broker, fault)
    for broker in BROKERS
    for fault in (OF_ONE_NODE if broker == "mosquitto" else TRIED)
]
OWN = {
    ("vernemq", "broker-netsplit", "is_drained"): "no PUBACK in a netsplit, and a client that stays"
    " connected does not send again",
    ("rabbitmq", "broker-netsplit", "nothing_is_lost"): "lost across",
    ("rabbitmq", "broker-netsplit", "nothing_is_lost_after_ok"): "lost across",
}


@cache
def played(broker, fault):
    """One that MQTT.js is the client of has the excuses of `messenger` for its replays."""
    base = "messenger" if LIBRARIES[broker] == "mqtt.js" else "mqtt-qos1"
    design = DESIGNS[base].variant(base, {"broker": broker, "library": LIBRARIES[broker]})
    world = under(fault)
    if broker == "mosquitto":
        servers = world.servers.model_copy(update={"gateways": 1})
        world = world.model_copy(update={"servers": servers})
    return world, design


@pytest.mark.parametrize(("broker", "fault"), PAIRS, ids=map("/".join, PAIRS))
def test_broker(broker, fault):
    world, design = played(broker, fault)
    found = Run(design, fault, run_replication(world, design, 0))
    again = run_replication(world, design, 0, passive=False)
    assert again.digest() == found.history.digest()
    kept = [one for one in checks.checks_of(design.claims) if one is not checks.ALWAYS[0]]
    said = {check.__name__: checks.complaints(check, found) for check in kept}
    unexcused = {
        name: complaints
        for name, complaints in said.items()
        if complaints and (broker, fault, name) not in OWN
    }
    assert unexcused == {}


@pytest.mark.parametrize("excuse", OWN, ids="/".join)
def test_every_excuse_of_a_broker_is_needed(excuse):
    broker, fault, name = excuse
    world, design = played(broker, fault)
    found = Run(design, fault, run_replication(world, design, 0))
    assert list(getattr(checks, name)(found))


def test_faults_that_are_tried_are_faults():
    assert {*TRIED, *OF_ONE_NODE} <= set(FAULTS)
