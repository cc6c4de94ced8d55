"""What travels is called what it is, and about the message that it is about."""

from typing import Any

import pytest
from played import played

from models.channels.long_poll.shared import Batch
from models.channels.websocket import Act, Told
from models.connections.asking import Ask, Reply
from models.connections.http2.end import Control, Frames, Part
from models.connections.proxied import Unserved
from models.protocols.resume import CaughtUp, Item, Resume
from models.servers.intake import Refused
from models.wording import Wording
from sim.history import LIST, SEEN, SEND, TYPING
from sim.tape import ACK, CONTROL, DATA, HANDSHAKE, IDLE, SENT, Said
from sim.transport.connection import Passive

UP, DOWN = ("person 0", "gateway 0"), ("gateway 0", "person 0")
ACTIONS = [SEND, SEND, TYPING, SEEN, LIST]

SAID: dict[str, tuple[Any, tuple[str, str], Said]] = {
    "act": (Act(0), UP, Said("message 0", (0,), DATA)),
    "typing": (Act(2), UP, Said("typing 2", (2,), DATA)),
    "seen": (Act(3), UP, Said("read receipt 3", (3,), DATA)),
    "list": (Act(4), UP, Said("list request 4", (4,), DATA)),
    "told": (Told(1), DOWN, Said("OK for message 1", (1,), ACK)),
    "passive": (Passive(1, 0), DOWN, Said("message 1", (1,), DATA)),
    "unserved": (
        Reply(("POST", 3), Unserved(502)),
        DOWN,
        Said("502: no server has answered", (), CONTROL),
    ),
    "item": (Item(7, 1), DOWN, Said("message 1", (1,), DATA)),
    "resume": (Resume(7), UP, Said("resume after item 7", (), CONTROL)),
    "caught up": (CaughtUp(), DOWN, Said("caught up", (), CONTROL)),
    "post": (Ask((0, 1), 0), UP, Said("POST message 0", (0,), DATA)),
    "post again": (Ask((0, 2), 0), UP, Said("POST again (try 2): message 0", (0,), DATA)),
    "stream": (Frames(1, 0, Ask((0, 1), 0)), UP, Said("POST message 0", (0,), DATA)),
    "part": (Frames(1, 0, Part(None, Passive(1, 0))), DOWN, Said("message 1", (1,), DATA)),
    "begins": (
        Frames(1, 0, Part(None, None)),
        DOWN,
        Said("200 OK, and more to come", (), CONTROL),
    ),
    "reset": (Control("RST_STREAM", 5), UP, Said("RST_STREAM (stream 5)", (), CONTROL)),
    "refused": (Reply((0, 1), Refused(2.5)), DOWN, Said("503, try again after 2.5 s", (), CONTROL)),
    "no store": (Reply((0, 1), Refused(0.0)), DOWN, Said("503, try again", (), CONTROL)),
    "response": (Reply((0, 1), 0), DOWN, Said("200 OK for message 0", (0,), ACK)),
    "poll": (Ask(5, 3), UP, Said("poll from item 4 on", (), IDLE)),
    "nothing": (Reply(5, Batch(0, 3, ())), DOWN, Said("empty answer to the poll", (), IDLE)),
    "answer": (
        Reply(5, Batch(0, 5, ((4, 0), (5, 1)))),
        DOWN,
        Said("answer to the poll: message 0, message 1", (0, 1), DATA),
    ),
    "ping": ("ping", UP, Said("ping", (), IDLE)),
    "fin": ("FIN", DOWN, Said("close (FIN)", (), CONTROL)),
    "nobody": (None, UP, Said("", (), CONTROL)),
    "step": (0, UP, Said("handshake", (), HANDSHAKE)),
    "between nodes": (0, ("gateway 0", "gateway 1"), Said("message 0", (0,), DATA)),
}


@pytest.mark.parametrize("name", SAID)
def test_everything_has_its_words(name: str) -> None:
    payload, lanes, said = SAID[name]
    assert Wording(ACTIONS).said(payload, *lanes) == said


@pytest.mark.parametrize(
    "design", ["full-websocket-acked", "long-poll", "mqtt-qos2", "socketio", "socketio-polling"]
)
def test_no_payload_of_a_run_is_without_words(design: str) -> None:
    run = played(design, "people=3 send=5:0 send=5.2:1 link=1@4.9+20 reset=0@5.1 crash=0@5.3+1")
    for mark in run.tape:
        assert isinstance(mark.what, Said)
        assert "object at" not in mark.what.text
        assert "(" not in mark.what.text or mark.what.text.endswith(")") or "try" in mark.what.text
        assert mark.kind != SENT or mark.what.text
