"""Known holes of real designs are found from scratch, small; sound designs survive."""

from __future__ import annotations

from dataclasses import replace

import pytest
from played import target

from sim.hunt.judging import SearchTarget
from sim.hunt.rehearsal import moments_s
from sim.hunt.schedule import read
from sim.hunt.search import hunt, only

ALL = "link,reset,address,crash,host,pause,backplane"
RETRIES_AND_RECOVERY = (
    "variants.both.base=socketio-recovery", "variants.both.socketio_retries=3"
)  # fmt: skip
KEYED = ("variants.keyed.base=long-poll", "variants.keyed.idempotent=true")
ONE_BROKER = (
    "variants.kept.base=mqtt-qos2", "variants.kept.mqtt_broker=on-disk", "servers.gateways=1"
)  # fmt: skip

# design, guarantee, classes of faults, changes, cause that the witness has
HOLES = {
    "plain WebSocket loses on a half-open link": (
        "full-websocket", "at-least-once", "link", (), "uplink died"),
    "a response is lost, and the retry is a copy": ("hybrid", "at-most-once", ALL, (), ""),
    "the PUBACK is lost with its connection": ("mqtt-qos1", "at-most-once", "reset", (), ""),
    "a clean session keeps nothing for the absent": (
        "mqtt-qos1-clean", "at-least-once", "link", (), "clean session"),
    "Socket.IO loses what is under way upwards": (
        "socketio", "at-least-once", "link,address", (), "uplink died"),
    "Socket.IO's retries repeat what had arrived": (
        "socketio-retries", "at-most-once", "link", (), ""),
    "Socket.IO's recovery misses who is back too soon": (
        "both", "no-loss-after-ok", "address", RETRIES_AND_RECOVERY, "half-open"),
    "publish and subscribe loses across nodes": (
        "full-websocket", "at-least-once", "backplane", (), "backplane down"),
    "a broker without persistence loses what it acknowledged": (
        "mqtt-qos1", "no-loss-after-ok", "crash", (), "store lost"),
    "a counter that begins anew makes new messages look old": (
        "full-websocket-counter", "no-loss-after-ok", "reset", (), "taken for a repeat"),
}  # fmt: skip

SOUND = {
    "acknowledged, with ids and a cursor": ("full-websocket-acked", ()),
    "long poll with a cursor and a key": ("keyed", KEYED),
    "QoS 2 on one broker that stores first": ("kept", ONE_BROKER),
}


def hunted(design: str, guarantee: str, classes: str, changes: tuple[str, ...]) -> SearchTarget:
    made = target(design, guarantee, classes, changes)
    moments = moments_s(made.design, made.stage)
    return replace(made, limits=replace(made.limits, moments_s=moments))


@pytest.mark.parametrize("hole", HOLES)
def test_a_known_hole_is_found_and_is_small(hole: str) -> None:
    design, guarantee, classes, changes, cause = HOLES[hole]
    found = hunt(hunted(design, guarantee, classes, changes), 1000, workers=1).found
    assert found is not None
    schedule = found.schedule
    assert schedule.people == 2
    assert len(schedule.sends) <= 3
    assert len(schedule.faults) <= 2
    assert found.verdict.witness is not None
    assert found.verdict.witness.cause == cause


@pytest.mark.parametrize("design", ["socketio", "socketio-recovery"])
def test_socketio_loses_downwards_too(design: str) -> None:
    found = only(target(design, "at-least-once"), read("send=5:0 address=1@5+1")).found
    assert found is not None
    assert found.verdict.witness is not None
    assert found.verdict.witness.cause == "half-open"


@pytest.mark.parametrize("guarantee", ["exactly-once", "no-loss-after-ok", "eventual-delivery"])
@pytest.mark.parametrize("design", SOUND)
def test_a_sound_design_survives(design: str, guarantee: str) -> None:
    name, changes = SOUND[design]
    searched = hunt(hunted(name, guarantee, ALL, changes), 300, workers=1)
    assert searched.found is None
    assert searched.schedules == 300
    assert searched.held > 200
