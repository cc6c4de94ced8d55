"""What travels is called what it is, and about the message that it is about."""

from typing import Any

import pytest
from played import played

from models.channels.long_poll import Batch
from models.channels.socketio.channel import Emitted
from models.channels.websocket import Act, Told
from models.connections.http_pool import Ask, Reply
from models.protocols.mqtt import (
    ConnAck,
    Connect,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Subscribe,
)
from models.protocols.resume import CaughtUp, Item, Resume
from models.protocols.socketio import packets as socketio
from models.protocols.socketio.engineio import Message, Packet
from models.wording import Wording
from sim.history import LIST, SEEN, SEND, TYPING
from sim.tape import ACK, CONTROL, DATA, IDLE, SENT, Said
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
    "item": (Item(7, 1), DOWN, Said("message 1", (1,), DATA)),
    "resume": (Resume(7), UP, Said("resume after item 7", (), CONTROL)),
    "caught up": (CaughtUp(), DOWN, Said("caught up", (), CONTROL)),
    "post": (Ask((0, 1), 0), UP, Said("POST message 0", (0,), DATA)),
    "post again": (Ask((0, 2), 0), UP, Said("POST again (try 2): message 0", (0,), DATA)),
    "response": (Reply((0, 1), 0), DOWN, Said("200 OK for message 0", (0,), ACK)),
    "poll": (Ask(5, 3), UP, Said("poll from item 4 on", (), IDLE)),
    "nothing": (Reply(5, Batch(0, 3, ())), DOWN, Said("empty answer to the poll", (), IDLE)),
    "answer": (
        Reply(5, Batch(0, 5, ((4, 0), (5, 1)))),
        DOWN,
        Said("answer to the poll: message 0, message 1", (0, 1), DATA),
    ),
    "connect": (Connect(False), UP, Said("CONNECT", (), CONTROL)),
    "clean": (Connect(True), UP, Said("CONNECT, clean session", (), CONTROL)),
    "connack": (ConnAck(True), DOWN, Said("CONNACK, session present", (), CONTROL)),
    "new": (ConnAck(False), DOWN, Said("CONNACK, no session", (), CONTROL)),
    "subscribe": (Subscribe(1, ("a",)), UP, Said("SUBSCRIBE", (), CONTROL)),
    "suback": (SubAck(1), DOWN, Said("SUBACK", (), CONTROL)),
    "qos 0": (Publish(0, 0, False, 0), UP, Said("PUBLISH QoS 0: message 0", (0,), DATA)),
    "dup": (Publish(9, 1, True, 0), DOWN, Said("PUBLISH DUP QoS 1: message 0", (0,), DATA)),
    "stray": (PubAck(9), UP, Said("PUBACK 9", (), ACK)),
    "event": (Emitted(socketio.Event(1, None, 3), 0), DOWN, Said("event: message 1", (1,), DATA)),
    "join": (socketio.Connect(None, None), UP, Said("join", (), CONTROL)),
    "rejoin": (socketio.Connect(4, 7), UP, Said("join, recover after event 7", (), CONTROL)),
    "joined": (socketio.Connected(4), DOWN, Said("joined", (), CONTROL)),
    "leave": (socketio.Disconnect(), UP, Said("disconnect", (), CONTROL)),
    "ping": ("ping", UP, Said("ping", (), IDLE)),
    "fin": ("FIN", DOWN, Said("close (FIN)", (), CONTROL)),
    "nobody": (None, UP, Said("", (), CONTROL)),
    "step": (0, UP, Said("handshake", (), CONTROL)),
    "between nodes": (0, ("gateway 0", "gateway 1"), Said("message 0", (0,), DATA)),
}


@pytest.mark.parametrize("name", SAID)
def test_everything_has_its_words(name: str) -> None:
    payload, lanes, said = SAID[name]
    assert Wording(ACTIONS).said(payload, *lanes) == said


def test_acknowledgements_of_mqtt_name_the_message_behind_the_packet_id() -> None:
    words = Wording(ACTIONS)
    words.said(Publish(7, 2, False, 0), *UP)
    words.said(Publish(7, 1, False, 1), *DOWN)  # the other end has ids of its own
    assert words.said(PubRec(7), *DOWN) == Said("PUBREC for message 0", (0,), ACK)
    assert words.said(PubRel(7), *UP) == Said("PUBREL for message 0", (0,), ACK)
    assert words.said(PubComp(7), *DOWN) == Said("PUBCOMP for message 0", (0,), ACK)
    assert words.said(PubAck(7), *UP) == Said("PUBACK for message 1", (1,), ACK)
    assert words.said(PubAck(7), "person 1", "gateway 0") == Said("PUBACK 7", (), ACK)


def test_a_packet_id_is_known_on_the_next_node_too() -> None:
    words = Wording(ACTIONS)
    words.said(Publish(7, 2, False, 0), *UP)
    again = words.said(PubRel(7), "person 0", "gateway 1")
    assert again == Said("PUBREL for message 0", (0,), ACK)


def test_acknowledgements_of_socketio_name_the_message_behind_the_number() -> None:
    words = Wording(ACTIONS)
    words.said(socketio.Event(1, 3, None), *UP)
    assert words.said(socketio.Ack(3), *DOWN) == Said("ACK for message 1", (1,), ACK)


def test_requests_of_a_polling_session_say_what_they_carry() -> None:
    words = Wording(ACTIONS)
    event, pong = socketio.Event(0, 3, None), Message((1, "pong"))
    posted = Ask(("POST", 4), (Message((99, event)), pong))
    assert words.said(posted, *UP) == Said("POST: event: message 0, pong", (0,), DATA)
    acked = Reply(("GET", 5), (Message((9, socketio.Ack(3))), Packet.NOOP))
    assert words.said(acked, *DOWN).text == "answer to the poll: ACK for message 0, noop"
    assert words.said(acked, *DOWN).role == ACK
    assert words.said(Ask(("GET", 6), ()), *UP) == Said("poll", (), IDLE)
    assert words.said(Reply(("POST", 4), ()), *DOWN) == Said("200 OK", (), IDLE)
    assert words.said(Reply(("GET", 7), None), *DOWN).text == "400, no such session"


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
