"""Readers who share one client id keep taking each other's place."""

from models import DESIGNS
from sim.validation import campaign
from sim.validation.conflict import OneClientId
from sim.validation.measured import recorded


def test_it_stands_in_for_the_design_it_confuses():
    inner = DESIGNS["mqtt-qos0"]
    confused = OneClientId(inner)
    assert confused.name == inner.name
    assert confused.summary.startswith(inner.summary)
    assert confused.claims == ()
    assert confused.describe() == inner.describe()
    assert confused.variant("mine", {"qos": 1}).inner.options.mqtt.qos == 1


def test_takeovers_come_once_a_wait_and_a_handshake():
    (cell,) = campaign.cells(recorded(), DESIGNS, ["conflict"])
    (found,) = campaign.run([cell], campaign.Effort(1, 1))
    per_minute = found.sides["all"][0]["takeovers_per_min"]
    # FIN 25 ms, wait 1 s, SYN and SYN-ACK 50 ms, CONNECT 25 ms
    assert abs(60.0 / per_minute - 1.1) < 0.01
