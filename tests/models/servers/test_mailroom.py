"""What the loop over calm connections delivers and sends by itself; nothing changes by it."""

from dataclasses import replace

import pytest

from models import DESIGNS
from models.channels import channels
from models.channels.mqtt.channel import MqttChannel
from models.channels.socketio.channel import SocketIoChannel
from models.channels.sse.channel import SseChannel
from models.channels.websocket import KIND, WebSocketChannel
from models.design import Design
from models.servers.backplane.broadcast import Broadcast
from sim import load_scenario
from sim.experiment import run
from sim.world import build_world

CHANNELS = {
    "full-websocket": WebSocketChannel,
    "socketio": SocketIoChannel,
    "sse": SseChannel,
    "mqtt-qos0": MqttChannel,
}
BUSY = {"people.count": 24, "actions.send.per_person_per_minute": 6.0, "time.measure_s": 120.0}
CALM = BUSY | {"networks": [{"share": 1.0, "profile": "4g", "loss": {"kind": "none"}}]}
NODE_DOWN = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 60.0, "restart_s": 70.0}]}
PLANE_DOWN = {"faults": [{"kind": "backplane-outage", "start_s": 60.0, "end_s": 75.0}]}
BOUNDED = {"servers.buffer_limit_bytes": 300}


@pytest.fixture
def uncompiled(monkeypatch):
    """The loop as it stands: the same source, and nothing to wait for."""

    def build(scenario, replication):
        world = build_world(scenario, replication)
        world.plain = True
        return world

    monkeypatch.setattr(run, "build_world", build)


def histories(design, changes):
    scenario = load_scenario(changes=changes)
    return [run.run_replication(scenario, design, 0, passive=by_rows) for by_rows in (True, False)]


@pytest.mark.parametrize("more", [{}, NODE_DOWN, PLANE_DOWN, BOUNDED])
@pytest.mark.parametrize("name", CHANNELS)
def test_rows_and_objects_tell_the_same(uncompiled, name, more):
    by_rows, by_objects = histories(DESIGNS[name], BUSY | more)
    assert by_rows.digest() == by_objects.digest()


@pytest.mark.parametrize("name", CHANNELS)
def test_what_is_calm_is_delivered_without_objects(uncompiled, monkeypatch, name):
    pushed = []
    push = CHANNELS[name].push

    def count(self, node, people, message):
        pushed[-1] += len(people)
        push(self, node, people, message)

    monkeypatch.setattr(CHANNELS[name], "push", count)
    for by_rows in (True, False):
        pushed.append(0)
        run.run_replication(load_scenario(changes=CALM), DESIGNS[name], 0, passive=by_rows)
    assert pushed[0] < 0.02 * pushed[1]


def test_mixed_designs_have_one_channel_that_sends_in_rows(uncompiled):
    mixed = DESIGNS["full-websocket"].variant("mixed", {"typing": "socketio", "seen": "mqtt"})
    by_rows, by_objects = histories(mixed, BUSY)
    assert by_rows.digest() == by_objects.digest()


class Selective(Broadcast):
    """To nobody who is behind a gateway of an odd number."""

    def reach(self, node, homes):
        return [gateway for gateway in super().reach(node, homes) if gateway.index % 2 == 0]


class Deaf(WebSocketChannel):
    """Whoever has an odd number is not written to."""

    def push(self, node, people, message):
        super().push(node, [person for person in people if person % 2 == 0], message)


def picky(monkeypatch):
    """An admission of one's own: every fourth message comes too early."""
    build = Design.build

    def built(design, world):
        system = build(design, world)
        system.service.intake.admission = lambda arrival: 1.0 if arrival.message % 4 == 0 else None
        return system

    monkeypatch.setattr(Design, "build", built)


def selective(monkeypatch):
    """A backplane that inherits the word of another."""
    monkeypatch.setattr("models.servers.backplane.broadcast.BACKPLANE", Selective)


def deaf(monkeypatch):
    """A channel that inherits from one that is done in rows."""
    kinds = {**channels(), "websocket": replace(KIND, build=Deaf, in_rows=False)}
    monkeypatch.setattr("models.system.channels", lambda: kinds)


@pytest.mark.parametrize("change", [picky, selective, deaf])
def test_what_is_not_written_for_rows_is_asked_each_time(uncompiled, monkeypatch, change):
    usual, _ = histories(DESIGNS["full-websocket"], CALM)
    change(monkeypatch)
    by_rows, by_objects = histories(DESIGNS["full-websocket"], CALM)
    assert by_rows.digest() == by_objects.digest() != usual.digest()
