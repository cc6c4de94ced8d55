"""MQTT's packets are called what they are, and about the message that they are about."""

from typing import Any

import pytest

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
from models.wording import Wording
from sim.history import SEND
from sim.tape import ACK, CONTROL, DATA, Said

UP, DOWN = ("person 0", "gateway 0"), ("gateway 0", "person 0")
ACTIONS = [SEND, SEND]

SAID: dict[str, tuple[Any, tuple[str, str], Said]] = {
    "connect": (Connect(False), UP, Said("CONNECT", (), CONTROL)),
    "clean": (Connect(True), UP, Said("CONNECT, clean session", (), CONTROL)),
    "connack": (ConnAck(True), DOWN, Said("CONNACK, session present", (), CONTROL)),
    "new": (ConnAck(False), DOWN, Said("CONNACK, no session", (), CONTROL)),
    "subscribe": (Subscribe(1, ("a",)), UP, Said("SUBSCRIBE", (), CONTROL)),
    "suback": (SubAck(1), DOWN, Said("SUBACK", (), CONTROL)),
    "qos 0": (Publish(0, 0, False, 0), UP, Said("PUBLISH QoS 0: message 0", (0,), DATA)),
    "dup": (Publish(9, 1, True, 0), DOWN, Said("PUBLISH DUP QoS 1: message 0", (0,), DATA)),
    "stray": (PubAck(9), UP, Said("PUBACK 9", (), ACK)),
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
