"""Readers who share one client id keep taking each other's place."""

from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import REASONS
from sim.metrics.incidents import costs
from sim.metrics.judged import Judged
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


def test_whoever_loses_to_the_other_again_and_again_is_in_a_loop():
    """Everybody in the second half has one id: each takeover is the doing of the last."""
    world = scenario(people={"count": 4}, time={"warmup_s": 5.0, "measure_s": 40.0})
    history = run_replication(world, OneClientId(DESIGNS["mqtt-qos0"]), 0)
    told = costs(Judged(history))["takeover-loop"]
    assert told["number"] == told["people"] == 2
    assert told["lasted_s"] > 2 * 30.0
    assert {REASONS[code] for code in history.tables["episodes"]["reason"]} == {"takeover"}
    calm = costs(Judged(run_replication(world, DESIGNS["mqtt-qos0"], 0)))
    assert set(calm) == {"background"}
