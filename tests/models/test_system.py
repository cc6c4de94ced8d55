"""A system: one channel of each kind its design names, and everything goes to the right one."""

import pytest
from stage import Stage

from models import DESIGNS
from sim.history import LIST, SEEN, SEND, TYPING

ACTIONS = {"list": LIST, "send": SEND, "typing": TYPING, "seen": SEEN}


@pytest.fixture
def calls(monkeypatch):
    """Replace a method of every channel of a stage's system; returns who was called with what."""

    def replace(stage, method):
        heard = []
        for name, channel in stage.system.channels.items():

            def hear(*given, name=name):
                heard.append((name, *given))

            monkeypatch.setattr(channel, method, hear)
        return heard

    return replace


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_each_action_goes_to_the_channel_of_its_row(calls, design):
    kinds = list(ACTIONS.values())
    stage = Stage(design, [(1.0, 0), (2.0, 1), (3.0, 0), (4.0, 2)], kinds=kinds, joins=False)
    heard = calls(stage, "submit")
    stage.run(5.0)
    rows = [getattr(design, action) for action in ACTIONS]
    whose = ((0, 0), (1, 1), (0, 2), (2, 3))
    assert heard == [(row, *who) for row, who in zip(rows, whose, strict=True)]


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_there_is_one_channel_of_each_kind_and_one_of_them_receives(design):
    system = Stage(design, joins=False).system
    named = {getattr(design, action) for action in (*ACTIONS, "receive")}
    assert list(system.channels) == sorted(named)
    assert system.service.fan_out.receiver is system.channels[design.receive]
    numbers = [channel.endpoint.channel for channel in system.channels.values()]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("what", ["join", "leave", "disconnect", "move"])
def test_what_happens_to_a_person_happens_on_every_channel(calls, what):
    stage = Stage("slack", joins=False)
    heard = calls(stage, what)
    getattr(stage.system, what)(1)
    assert heard == [("http", 1), ("websocket", 1)]


def test_pending_is_what_the_service_and_any_channel_hold():
    stage = Stage("hybrid-cursor", [(2.0, 0)], joins=False).run(2.05)
    assert {message for message, _ in stage.held()} == {0}
    assert stage.run(5.0).held() == {(0, 1), (0, 2)}  # the log has it for two who are not there


def test_traffic_has_a_row_for_each_channel_and_direction():
    stage = Stage("slack", [(2.0, 0)]).run(5.0)
    rows = stage.system.traffic()
    assert [row[:2] for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert all(packets > 0 and size_bytes > 0 for _, _, packets, size_bytes, _ in rows)


def test_at_the_end_open_gaps_are_written_down_and_what_flies_has_not_arrived():
    stage = Stage("full-websocket", [(2.0, 0), (4.0, 0)])
    stage.at(3.0, stage.gateways[1].lose_host)
    stage.run(4.06)
    stage.system.finish()
    assert stage.run(4.06).held() == {(1, 2)}
    assert stage.shown(2) == [0]


@pytest.mark.parametrize(("lane", "counted"), [("fast", False), ("exact", True)])
def test_kernel_counters_come_from_the_exact_lane(lane, counted):
    loss = {"share": 1.0, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.3}}
    sends = [(2.0 + 0.1 * place, place % 3) for place in range(60)]
    stage = Stage("full-websocket", sends, networks=[loss], transport={"lane": lane}).run(40.0)
    assert (stage.system.kernel()["RetransSegs"] > 0) is counted
