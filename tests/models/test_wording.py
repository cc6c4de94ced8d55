"""What travels is called by its message and sorted by what it is for."""

from models.channels.lifeline import PING
from models.channels.long_poll import Batch
from models.channels.pool import Ask, Reply
from models.protocols.mqtt import PubAck, Publish
from models.protocols.resume import CaughtUp, Resume
from models.protocols.socketio_packets import Ack, Event
from models.wording import Wording
from sim.history import LIST, SEND, TYPING
from sim.tape import ACK, CONTROL, DATA, IDLE, Said

UP = ("person 0", "gateway 0")
DOWN = ("gateway 0", "person 1")
ACTIONS = [SEND, TYPING, LIST, SEND]


def test_requests_and_answers_name_their_message() -> None:
    wording = Wording(ACTIONS)
    first = wording.said(Ask(("post", 1), 3), *UP)
    again = wording.said(Ask(("post", 2), 3), *UP)
    assert first == Said("POST message 3", (3,), DATA)
    assert again == Said("POST again (try 2): message 3", (3,), DATA)
    assert wording.said(Reply(("post", 1), 2), *DOWN) == Said(
        "200 OK for list request 2", (2,), ACK
    )


def test_polls_are_idle_until_their_answer_carries_something() -> None:
    wording = Wording(ACTIONS)
    assert wording.said(Ask("poll", 4), *UP) == Said("poll from item 5 on", (), IDLE)
    empty = wording.said(Reply("poll", Batch(1, 0, [])), *DOWN)
    full = wording.said(Reply("poll", Batch(1, 0, [0, 1])), *DOWN)
    assert (empty.messages, empty.role) == ((), IDLE)
    assert full == Said("answer to the poll: message 0, typing 1", (0, 1), DATA)


def test_a_number_is_a_message_between_nodes_and_a_handshake_at_a_person() -> None:
    wording = Wording(ACTIONS)
    assert wording.said(3, "api 2", "gateway 0") == Said("message 3", (3,), DATA)
    assert wording.said(3, *UP) == Said("handshake", (), CONTROL)


def test_acknowledgements_find_their_message_by_person_direction_and_packet_id() -> None:
    wording = Wording(ACTIONS)
    wording.said(Publish(message=3, qos=1, packet_id=7, dup=False), *UP)
    wording.said(Publish(message=0, qos=1, packet_id=7, dup=False), *DOWN)
    wording.said(Event(0, 9, None), *DOWN)
    assert wording.said(PubAck(7), "gateway 0", "person 0").messages == (3,)
    assert wording.said(PubAck(7), "person 1", "gateway 0") == Said(
        "PUBACK for message 0", (0,), ACK
    )
    assert wording.said(Ack(9), "person 1", "gateway 0") == Said("ACK for message 0", (0,), ACK)
    assert wording.said(PubAck(8), "gateway 0", "person 0") == Said("PUBACK 8", (), ACK)


def test_what_belongs_to_the_connection_is_about_no_message() -> None:
    wording = Wording(ACTIONS)
    assert wording.said(Resume(5), *UP) == Said("resume after item 5", (), CONTROL)
    assert wording.said(CaughtUp(), *DOWN) == Said("caught up", (), CONTROL)
    assert wording.said("FIN", *DOWN) == Said("close (FIN)", (), CONTROL)
    assert wording.said(PING, *UP).role == IDLE
