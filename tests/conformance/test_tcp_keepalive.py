"""Kernels that ask in silence: three ways are one, the books add up, and a NAT is kept awake."""

import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics import measure

OFTEN = {"idle_s": 12.0, "interval_s": 4.0, "probes": 3}
NAT = {"path": [{"idle_timeout_s": 15.0, "on_cut": "silence"}]}
NAMES = ["full-websocket", "hybrid-cursor", "long-poll", "mqtt-qos1", "socketio", "sse-resume"]
TROUBLE = {
    "people": {"count": 8},
    "time": {"warmup_s": 10.0, "measure_s": 150.0, "drain_s": 40.0},
    "networks": [
        {
            "share": 1.0,
            "profile": "4g",
            "outages": {"kind": "list", "intervals": [[40.0, 75.0], [110.0, 130.0]]},
        }
    ],
    "faults": [{"kind": "host-loss", "node": 0, "at_s": 90.0, "back_s": 30.0}],
}


def asking(name):
    asked = {"server_keepalive": OFTEN}
    asked["client_keepalive"] = OFTEN
    return DESIGNS[name].variant("asking", {"tcp": asked})


@pytest.mark.parametrize("path", [{}, NAT], ids=["direct", "nat"])
@pytest.mark.parametrize("name", NAMES)
def test_rows_and_objects_are_one_and_the_books_add_up(name, path):
    small = scenario(**TROUBLE, **path)
    rows, objects = (run_replication(small, asking(name), 0, passive=one) for one in (None, False))
    assert rows.digest() == objects.digest()
    assert measure(rows)["conservation"]["adds_up"]
    assert rows.digest() != run_replication(small, DESIGNS[name], 0).digest()


def test_probes_keep_an_idle_connection_through_a_nat():
    """A WebSocket without a heartbeat behind a NAT of 15 s: cut in silence again and again, or
    never."""
    rare = {"typing": {"per_send": 0}, "seen": {"per_person_per_minute": 0}}
    rare |= {"send": {"per_person_per_minute": 1}, "list": {"per_person_per_minute": 0}}
    calm = {"time": TROUBLE["time"], "people": TROUBLE["people"], "actions": rare, **NAT}
    calm["networks"] = [{"share": 1.0, "profile": "lan"}]
    plain = DESIGNS["full-websocket"].variant("plain", {"heartbeat": "none"})
    small = scenario(**calm)

    def lost(design):
        causes = measure(run_replication(small, design, 0))["conservation"]["causes"]
        return sum(causes.values())

    asked = plain.variant("asked", {"tcp": {"client_keepalive": OFTEN}})
    assert lost(plain) > 0
    assert lost(asked) == 0
