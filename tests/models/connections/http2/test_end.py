"""The server's end of an HTTP/2 connection, as its node and its channels see it."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.asking import Ask
from models.connections.http2.end import Control, Frames, Http2End

HTTP2 = {"http": {"version": "2"}}
_SERVERS = {"gateways": 1, "api_nodes": 0, "cores": 1, "session_reads": 0, "token_check_s": 0.0}
ONE_ORIGIN = {"servers": _SERVERS}


def polling(actions=((2.0, 0),), design="long-poll", changes=None, **world):
    variant = DESIGNS[design].variant("mine", {**HTTP2, **(changes or {})})
    return Stage(variant, actions, **{**ONE_ORIGIN, **world})


def ends(stage, person):
    return [one for one in stage.gateways[0].connections if one.person == person]


def test_polls_and_posts_share_one_connection():
    stage = polling().run(10.0)
    assert [type(one) for one in ends(stage, 0)] == [Http2End]
    assert len(stage.attempts(0)) == 1
    assert stage.shown(1) == stage.shown(2) == [0]


def test_where_apis_and_gateways_are_apart_there_is_one_each():
    stage = polling(servers={"gateways": 1, "api_nodes": 1, "cores": 1}).run(10.0)
    assert len(stage.attempts(0)) == 2  # who sends
    assert len(stage.attempts(1)) == 1  # who only listens


def test_behind_a_proxy_there_is_one_origin():
    box = [{"preset": "nginx", "request_s": 0, "accept_s": 0}]
    stage = polling(servers={"gateways": 1, "api_nodes": 1, "cores": 1}, path=box).run(10.0)
    assert [len(stage.attempts(person)) for person in range(3)] == [1, 1, 1]
    assert stage.shown(1) == [0]


def test_an_idle_time_out_of_the_proxy_acts_on_the_one_connection():
    """While a poll is held the answer is waited for; the POST's silence ends nothing."""
    box = [{"preset": "nginx", "request_s": 0, "accept_s": 0, "keep_alive_s": 20.0}]
    stage = polling(((2.0, 0), (60.0, 0)), path=box).run(100.0)
    assert len(stage.attempts(0)) == 1
    assert stage.shown(1) == [0, 1]


def test_a_poll_that_is_held_is_let_go_when_the_node_drains():
    deploy = {"kind": "remove-nodes", "count": 1, "at_s": 5.0, "drain_s": 1.0}
    servers = {**ONE_ORIGIN["servers"], "gateways": 2}
    stage = polling(((2.0, 0), (8.0, 0)), servers=servers, faults=[deploy])
    both = list(stage.gateways)
    stage.run(60.0)
    assert stage.shown(1) == [0, 1]
    assert sorted(len(node.connections) for node in both) == [0, 3]


def test_what_an_unbuffered_poll_loses_is_told():
    stage = polling(design="long-poll-unbuffered", faults=[
        {"kind": "link-outage", "person": 1, "start_s": 1.9, "end_s": 250.0},
    ]).run(200.0)  # fmt: skip
    assert {(message, person) for message, person, _ in stage.drops()} | stage.held() >= {(0, 1)}
    assert stage.shown(2) == [0]


def test_a_lost_host_is_noticed_and_polling_goes_on_elsewhere():
    loss = {"kind": "host-loss", "node": 0, "at_s": 5.0, "back_s": 250.0}
    servers = {**ONE_ORIGIN["servers"], "gateways": 2}
    stage = polling(((2.0, 0), (120.0, 0)), servers=servers, faults=[loss]).run(200.0)
    assert stage.shown(1) == [0, 1]


@pytest.mark.parametrize("design", ["long-poll", "hybrid-cursor", "long-poll-unbuffered"])
def test_people_who_are_reset_come_back(design):
    reset = {"kind": "mass-disconnect", "share": 1.0, "at_s": 5.0}
    stage = polling(((2.0, 0), (30.0, 0)), design, faults=[reset]).run(100.0)
    assert stage.shown(1) == stage.shown(2) == [0, 1]


def test_frames_are_called_by_what_they_carry():
    assert Frames(1, 0, Ask((7, 1), 7)).message == 7
    assert str(Control("RST_STREAM", 3)) == "RST_STREAM (stream 3)"
    assert str(Control("PING")) == "PING"


def test_a_pause_of_the_process_holds_the_answer_to_a_ping_back():
    pause = {"kind": "node-pause", "node": 0, "at_s": 1.0, "for_s": 2.0}
    stage = polling((), faults=[pause]).run(1.5)
    [end] = ends(stage, 0)
    heard = []
    end.connection.receive[0] = lambda payload: heard.append(
        (payload.kind, stage.world.engine.now_s)
    )
    end.connection.receive[1](Control("PING"))
    stage.run(5.0)
    assert heard == [("PING ACK", pytest.approx(3.0 + ONE_WAY_S, abs=1e-3))]
