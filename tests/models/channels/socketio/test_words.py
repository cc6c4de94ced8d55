"""Socket.IO's packets, and what polling carries of them, are called what they are."""

from typing import Any

import pytest

from models.channels.socketio.channel import Emitted
from models.connections.asking import Ask, Reply
from models.protocols.socketio import packets as socketio
from models.protocols.socketio.engineio import Message, Packet
from models.wording import Wording
from sim.history import SEND
from sim.tape import ACK, CONTROL, DATA, IDLE, Said

UP, DOWN = ("person 0", "gateway 0"), ("gateway 0", "person 0")
ACTIONS = [SEND, SEND]

SAID: dict[str, tuple[Any, tuple[str, str], Said]] = {
    "event": (Emitted(socketio.Event(1, None, 3), 0), DOWN, Said("event: message 1", (1,), DATA)),
    "join": (socketio.Connect(None, None), UP, Said("join", (), CONTROL)),
    "rejoin": (socketio.Connect(4, 7), UP, Said("join, recover after event 7", (), CONTROL)),
    "joined": (socketio.Connected(4), DOWN, Said("joined", (), CONTROL)),
    "leave": (socketio.Disconnect(), UP, Said("disconnect", (), CONTROL)),
}


@pytest.mark.parametrize("name", SAID)
def test_everything_has_its_words(name: str) -> None:
    payload, lanes, said = SAID[name]
    assert Wording(ACTIONS).said(payload, *lanes) == said


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
