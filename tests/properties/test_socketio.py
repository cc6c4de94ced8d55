"""Engine.IO through its upgrade, and Socket.IO over connections that may break at any step."""

from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocols.machine import TIMEOUT
from models.protocols.socketio import engineio as eio
from models.protocols.socketio.engineio_client import EngineClient
from models.protocols.socketio.engineio_server import EngineServer
from models.protocols.socketio.packets import SocketPacket
from models.protocols.socketio.recovery import RecoveryLog
from models.protocols.socketio.sockets import (
    ClientOptions,
    Deliver,
    Dropped,
    Emit,
    EngineClosed,
    EngineOpened,
    Failed,
    Joined,
    SocketClient,
    SocketServer,
    State,
    Told,
)

QUICK = settings(max_examples=200, derandomize=True, deadline=None)


class Session:
    """Both engines of one session; WebSocket, GET and POST are separate wires of their own pace."""

    def __init__(self, transport: str) -> None:
        self.client, self.server = EngineClient(transport), EngineServer()
        self.now_s = 0.0
        self.wires = {name: deque() for name in ("ws up", "ws down", "get", "poll", "post", "ok")}
        self.written = {"client": [], "server": []}
        self.received = {"client": [], "server": []}
        self.closed: list[str] = []
        self.feed("client", eio.Start())

    def feed(self, end: str, event) -> None:
        engine = self.client if end == "client" else self.server
        for action in engine.handle(event, self.now_s):
            self.act(end, action)

    def act(self, end: str, action) -> None:
        up = end == "client"
        match action:
            case eio.DialWs():
                self.wires["ws up"].append(eio.WsUp())
            case eio.SendWs(packet):
                self.wires["ws up" if up else "ws down"].append(eio.FromWs(packet))
            case eio.Get():
                assert not self.wires["get"], "two polls at a time"
                self.wires["get"].append(eio.Polled())
            case eio.Post(packets):
                assert not self.wires["post"], "two posts at a time"
                self.wires["post"].append(eio.Posted(packets))
            case eio.AnswerPoll(packets):
                self.wires["poll"].append(eio.PollAnswered(packets))
            case eio.AnswerPost():
                self.wires["ok"].append(eio.PostAnswered())
            case eio.Received(content):
                self.received[end].append(content)
            case eio.Closed(reason):
                self.closed.append(reason)

    def do(self, step: str) -> None:
        self.now_s += 0.05
        if step.startswith("write"):
            end = step.removeprefix("write ")
            engine = self.client if end == "client" else self.server
            if engine.state is eio.State.OPEN:
                self.written[end].append(len(self.written[end]))
                self.feed(end, eio.Write(eio.Message(self.written[end][-1])))
        elif step == "tick":
            if self.server.deadline_s <= self.now_s:
                self.feed("server", TIMEOUT)
        elif self.wires[step]:
            event = self.wires[step].popleft()
            self.feed("server" if step in ("ws up", "get", "post") else "client", event)
            if isinstance(event, eio.WsUp):
                self.feed("client", event)

    def settle(self) -> None:
        for _ in range(200):
            for step in ("get", "post", "ws up", "ws down", "poll", "ok", "tick"):
                self.do(step)


WIRES = ["ws up", "ws down", "get", "poll", "post", "ok", "tick"]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@QUICK
@given(
    script=st.lists(
        st.sampled_from(["write client", "write server", *WIRES]), min_size=40, max_size=120
    )
)
def test_everything_arrives_once_and_in_order_also_through_the_upgrade(transport, script) -> None:
    session = Session(transport)
    for step in script:
        session.do(step)
    session.settle()
    assert session.closed == []
    assert session.received["server"] == session.written["client"]
    assert session.received["client"] == session.written["server"]
    assert (session.client.transport, session.server.transport) == ("websocket", "websocket")


class Pair:
    """A Socket.IO client and the server sockets it meets, one for each connection."""

    def __init__(self, options: ClientOptions, log: RecoveryLog | None) -> None:
        self.log = log
        self.client = SocketClient(options)
        self.server = SocketServer(log)
        self.old: list[SocketServer] = []
        self.up: deque = deque()
        self.down: deque = deque()
        self.now_s = 0.0
        self.emitted: list[int] = []
        self.pushed: list[int] = []
        self.at_server: list[int] = []
        self.at_client: list[int] = []
        self.told: list[int] = []
        self.failed: list[int] = []
        self.recovered: list[bool] = []

    def feed(self, socket, event) -> None:
        mine = socket is self.client
        for action in socket.handle(event, self.now_s):
            if isinstance(action, SocketPacket):
                (self.up if mine else self.down).append(action)
            elif isinstance(action, Deliver):
                (self.at_client if mine else self.at_server).append(action.message)
            elif isinstance(action, Told):
                self.told.append(action.message)
            elif isinstance(action, Failed):
                self.failed.append(action.message)
            elif isinstance(action, Joined):
                if mine:
                    self.recovered.append(action.recovered)
            else:
                assert isinstance(action, Dropped)

    def do(self, step: str) -> None:
        self.now_s += 1.0
        if step == "emit":
            self.emitted.append(len(self.emitted))
            self.feed(self.client, Emit(self.emitted[-1], ack=True))
        elif step == "push":
            self.push()
        elif step == "up" and self.up:
            self.feed(self.server, self.up.popleft())
        elif step == "down" and self.down:
            self.feed(self.client, self.down.popleft())
        elif step == "wait" and self.client.deadline_s <= self.now_s:
            self.feed(self.client, TIMEOUT)
        elif step == "cut":
            self.cut()
        elif step == "connect" and self.client.state is State.OFFLINE:
            self.server = SocketServer(self.log)
            self.feed(self.server, EngineOpened())
            self.feed(self.client, EngineOpened())

    def push(self) -> None:
        self.pushed.append(len(self.pushed))
        offset = None if self.log is None else self.log.append(self.pushed[-1], "all", self.now_s)
        if self.server.state is State.CONNECTED:
            self.server.rooms = ("all",)
            self.feed(self.server, Emit(self.pushed[-1], offset=offset))

    def cut(self) -> None:
        if self.server.state is State.CONNECTED:
            self.server.rooms = ("all",)
        self.up.clear()
        self.down.clear()
        if self.client.state is not State.OFFLINE:
            self.feed(self.client, EngineClosed("transport close"))
        if self.server.state is not State.OFFLINE:
            self.feed(self.server, EngineClosed("transport close"))

    def settle(self) -> None:
        self.do("connect")
        while self.up or self.down:
            self.do("up")
            self.do("down")


STEPS = ["emit", "emit", "push", "push", "up", "up", "up", "down", "down", "down"]
STEPS += ["wait", "cut", "connect"]
scripts = st.lists(st.sampled_from(STEPS), min_size=30, max_size=80)


def play(script: list[str], options: ClientOptions, log: RecoveryLog | None = None) -> Pair:
    pair = Pair(options, log)
    for step in script:
        pair.do(step)
    pair.settle()
    return pair


@QUICK
@given(script=scripts, ack_timeout_s=st.sampled_from([3.0, float("inf")]))
def test_by_default_nothing_comes_twice_and_what_was_told_arrived(script, ack_timeout_s) -> None:
    pair = play(script, ClientOptions(ack_timeout_s=ack_timeout_s))
    for arrived in (pair.at_server, pair.at_client):
        assert arrived == sorted(set(arrived))
    assert set(pair.told) <= set(pair.at_server)
    assert not set(pair.told) & set(pair.failed)
    assert pair.client.kept() == []


@QUICK
@given(script=scripts)
def test_retries_without_a_time_limit_lose_nothing_but_may_repeat(script) -> None:
    pair = play(script, ClientOptions(retries=3))
    assert list(dict.fromkeys(pair.at_server)) == pair.emitted
    assert pair.told == pair.emitted
    assert pair.failed == []


@QUICK
@given(script=scripts, retries=st.integers(1, 3))
def test_retries_with_a_time_limit_end_in_an_answer_or_a_failure(script, retries) -> None:
    pair = play(script, ClientOptions(retries=retries, ack_timeout_s=3.0))
    assert sorted(pair.told + pair.failed) == pair.emitted
    assert set(pair.told) <= set(pair.at_server)
    for message in pair.emitted:
        assert pair.at_server.count(message) <= retries + 1


@QUICK
@given(script=scripts)
def test_recovery_shows_everything_since_the_first_event_seen_once(script) -> None:
    pair = play(script, ClientOptions(), RecoveryLog(max_s=1000.0))
    assert pair.at_client == sorted(set(pair.at_client))
    for now, recovered in zip(pair.recovered[1:], pair.recovered, strict=False):
        assert now or not recovered
    if len(set(pair.recovered[1:])) == 1 and pair.recovered[1]:
        assert pair.at_client == list(range(pair.at_client[0], len(pair.pushed)))
