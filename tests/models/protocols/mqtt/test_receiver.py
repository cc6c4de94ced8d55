"""The receiving half: what is delivered when, and that every packet is answered."""

import pytest

from models.protocols.mqtt.packets import PubAck, Publish, PubRel
from models.protocols.mqtt.receiver import Receiver, ReceiverOptions


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def publish(receiver: Receiver, packet_id: int, qos: int, message: str, dup: bool = False):
    return shown(receiver.publish(Publish(packet_id, qos, dup, message)))


def release(receiver: Receiver, packet_id: int) -> list[tuple]:
    return shown(receiver.release(PubRel(packet_id)))


def test_qos_0_is_delivered_without_an_answer() -> None:
    assert publish(Receiver(ReceiverOptions()), 0, 0, "a") == [("Deliver", "a", 0)]


def test_qos_1_is_delivered_then_answered_every_time() -> None:
    receiver = Receiver(ReceiverOptions())
    for dup in (False, True):
        assert publish(receiver, 7, 1, "a", dup) == [("Deliver", "a", 1), ("PubAck", 7)]
    assert PubAck(7) == (7,)


def test_qos_2_is_delivered_on_release_once() -> None:
    receiver = Receiver(ReceiverOptions(deliver_on="pubrel"))
    assert publish(receiver, 7, 2, "a") == [("PubRec", 7)]
    assert publish(receiver, 7, 2, "a", dup=True) == [("PubRec", 7)]
    assert release(receiver, 7) == [("Deliver", "a", 2), ("PubComp", 7)]
    assert release(receiver, 7) == [("PubComp", 7)]


def test_qos_2_is_delivered_on_publish_once() -> None:
    receiver = Receiver(ReceiverOptions(deliver_on="publish"))
    assert publish(receiver, 7, 2, "a") == [("Deliver", "a", 2), ("PubRec", 7)]
    assert publish(receiver, 7, 2, "a", dup=True) == [("PubRec", 7)]
    assert release(receiver, 7) == [("PubComp", 7)]


@pytest.mark.parametrize("deliver_on", ["publish", "pubrel"])
def test_a_released_id_stands_for_a_new_message(deliver_on: str) -> None:
    receiver = Receiver(ReceiverOptions(deliver_on=deliver_on))
    delivered = []
    for message in ("a", "b"):
        actions = publish(receiver, 7, 2, message) + release(receiver, 7)
        delivered += [action[1] for action in actions if action[0] == "Deliver"]
    assert delivered == ["a", "b"]


def test_an_id_used_again_before_release_stands_for_the_later_message() -> None:
    receiver = Receiver(ReceiverOptions(deliver_on="pubrel"))
    publish(receiver, 7, 2, "a")
    publish(receiver, 7, 2, "b")
    assert release(receiver, 7)[0] == ("Deliver", "b", 2)


def test_releasing_an_unknown_id_is_answered() -> None:
    assert release(Receiver(ReceiverOptions()), 9) == [("PubComp", 9)]


def test_beyond_the_window_a_message_may_be_acknowledged_and_dropped() -> None:
    """mosquitto 2.0.11, 25 QoS 2 messages sent without a PUBREL: 25 PUBREC, 25 PUBCOMP, 20
    messages forwarded."""
    receiver = Receiver(ReceiverOptions(window=20, over_window="acknowledge"))
    answers = [publish(receiver, number, 2, f"m{number}") for number in range(1, 26)]
    assert answers == [[("PubRec", number)] for number in range(1, 26)]
    released = [release(receiver, number) for number in range(1, 26)]
    assert [actions[0][1] for actions in released if len(actions) == 2] == [
        f"m{number}" for number in range(1, 21)
    ]
    assert [actions[-1] for actions in released] == [("PubComp", n) for n in range(1, 26)]


def test_beyond_the_window_the_connection_may_be_closed() -> None:
    receiver = Receiver(ReceiverOptions(window=1, over_window="disconnect"))
    publish(receiver, 1, 2, "a")
    assert publish(receiver, 2, 2, "b") == [("CloseConnection", "receive maximum exceeded")]
    assert publish(receiver, 1, 2, "a", dup=True) == [("PubRec", 1)]
    assert publish(receiver, 3, 1, "c") == [("Deliver", "c", 1), ("PubAck", 3)]


def test_a_reset_forgets_ids() -> None:
    receiver = Receiver(ReceiverOptions(deliver_on="publish"))
    publish(receiver, 7, 2, "a")
    receiver.reset()
    assert publish(receiver, 7, 2, "a", dup=True)[0] == ("Deliver", "a", 2)


def test_defaults() -> None:
    assert ReceiverOptions() == ReceiverOptions("pubrel", 65_535, "acknowledge", False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"deliver_on": "pubcomp"}, "deliver_on = 'pubcomp'"),
        ({"window": 0}, "window = 0: must be within 1 to 65535"),
        ({"window": 65_536}, "window = 65536"),
        ({"over_window": "wait"}, "over_window = 'wait'"),
    ],
)
def test_impossible_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReceiverOptions(**options)
