"""The sending half: flows, window, queue limits, and what is sent again after a break."""

import math

import pytest

from models.protocols.machine import NEVER_S, ProtocolError
from models.protocols.mqtt.packets import ID_MAX, PubAck, PubComp, PubRec
from models.protocols.mqtt.sender import FLOW, Phase, Sender, SenderOptions


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def sender(up: bool = True, first_id: int = 1, **options) -> Sender:
    machine = Sender(SenderOptions(**options), first_id)
    if up:
        machine.resume(clean=False, now_s=0.0)
    return machine


def submit(machine: Sender, *messages: str, qos: int = 1, now_s: float = 0.0) -> list[tuple]:
    return [action for message in messages for action in shown(machine.submit(message, qos, now_s))]


def ack(machine: Sender, packet, now_s: float = 0.0) -> list[tuple]:
    return shown(machine.acknowledged(packet, now_s))


def published(packet_id: int, message: str, qos: int = 1, dup: bool = False) -> tuple:
    return ("Publish", packet_id, qos, dup, message)


def reconnect(machine: Sender, clean: bool = False, now_s: float = 0.0) -> list[tuple]:
    return shown([*machine.down(), *machine.resume(clean, now_s)])


def test_qos_0_is_sent_and_forgotten() -> None:
    machine = sender()
    assert submit(machine, "a", qos=0) == [("Publish", 0, 0, False, "a")]
    assert (machine.in_flight, machine.kept()) == (0, [])


def test_qos_1_is_kept_until_puback() -> None:
    machine = sender()
    assert submit(machine, "a") == [published(1, "a")]
    assert (machine.in_flight, machine.kept()) == (1, ["a"])
    assert ack(machine, PubAck(1)) == [("Told", "a")]
    assert (machine.in_flight, machine.kept()) == (0, [])


def test_qos_2_is_kept_until_pubcomp() -> None:
    machine = sender()
    assert submit(machine, "a", qos=2) == [published(1, "a", qos=2)]
    assert ack(machine, PubRec(1)) == [("PubRel", 1)]
    assert machine.kept() == ["a"]
    assert ack(machine, PubRec(1)) == [("PubRel", 1)]
    assert ack(machine, PubComp(1)) == [("Told", "a")]
    assert machine.kept() == []


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.DONE])
@pytest.mark.parametrize("answer", [PubAck, PubRec, PubComp])
def test_an_answer_is_taken_as_the_table_says_or_refused(phase: Phase, answer: type) -> None:
    machine = sender()
    submit(machine, "a", qos=1 if phase is Phase.PUBACK_DUE else 2)
    if phase is Phase.PUBCOMP_DUE:
        ack(machine, PubRec(1))
    if answer in FLOW[phase]:
        ack(machine, answer(1))
        assert (machine.kept() == []) is (FLOW[phase][answer] is Phase.DONE)
    else:
        with pytest.raises(ProtocolError, match=phase.name):
            ack(machine, answer(1))


def test_an_answer_to_an_unknown_id_is_ignored() -> None:
    assert ack(sender(), PubAck(7)) == []


def test_there_is_no_other_qos() -> None:
    with pytest.raises(ValueError, match="qos = 3: must be 0, 1 or 2"):
        sender().submit("a", 3, 0.0)


def test_beyond_the_window_messages_wait_their_turn() -> None:
    machine = sender(window=2)
    assert submit(machine, "a", "b", "c", "d") == [published(1, "a"), published(2, "b")]
    assert (machine.in_flight, machine.waiting) == (2, 2)
    assert machine.kept() == ["a", "b", "c", "d"]
    assert ack(machine, PubAck(2)) == [("Told", "b"), published(3, "c")]
    assert ack(machine, PubAck(1)) == [("Told", "a"), published(4, "d")]


def test_answers_out_of_order_are_fine() -> None:
    machine = sender()
    submit(machine, "a", "b")
    assert ack(machine, PubAck(2)) == [("Told", "b")]
    assert machine.kept() == ["a"]


def test_ids_run_to_65535_and_start_again() -> None:
    machine = sender(first_id=ID_MAX)
    assert submit(machine, "a") == [published(ID_MAX, "a")]
    assert submit(machine, "b") == [published(1, "b")]


def go_round(machine: Sender, ids: int) -> None:
    for _ in range(ids):
        machine.free_id(machine.new_id())


def test_ids_in_use_are_skipped() -> None:
    machine = sender()
    submit(machine, "a", "b")
    go_round(machine, ID_MAX - 2)
    assert machine.new_id() == 3


def test_the_next_free_id_is_the_very_next() -> None:
    machine = sender()
    submit(machine, "a")
    go_round(machine, ID_MAX - 1)
    assert machine.new_id() == 2


def test_an_id_is_free_again_once_its_flow_is_complete() -> None:
    machine = sender()
    submit(machine, "a")
    ack(machine, PubAck(1))
    go_round(machine, ID_MAX - 1)
    assert submit(machine, "b") == [published(1, "b")]


def test_without_a_free_id_a_message_is_refused() -> None:
    machine = sender(window=ID_MAX)
    for _ in range(ID_MAX):
        assert machine.new_id() > 0
    assert machine.new_id() == 0
    assert submit(machine, "a") == [("Dropped", "a", "no packet id")]


def test_qos_0_may_use_up_ids() -> None:
    machine = sender(counts_qos0=True)
    submit(machine, "a", qos=0)
    assert submit(machine, "b") == [published(2, "b")]
    plain = sender()
    submit(plain, "a", qos=0)
    assert submit(plain, "b") == [published(1, "b")]


def test_offline_messages_wait_and_qos_0_does_not() -> None:
    machine = sender(up=False)
    assert submit(machine, "a") == []
    assert submit(machine, "b", qos=0) == [("Dropped", "b", "not connected")]
    assert shown(machine.resume(clean=True, now_s=5.0)) == [published(1, "a")]


def test_offline_qos_0_may_wait_too_in_order() -> None:
    machine = sender(up=False, qos0_offline=True)
    submit(machine, "a")
    submit(machine, "b", qos=0)
    submit(machine, "c")
    assert shown(machine.resume(clean=True, now_s=5.0)) == [
        published(1, "a"),
        published(0, "b", qos=0),
        published(2, "c"),
    ]


def test_qos_0_overtakes_a_full_window() -> None:
    machine = sender(window=1)
    submit(machine, "a", "b")
    assert submit(machine, "c", qos=0) == [published(0, "c", qos=0)]


def test_qos_0_may_wait_its_turn() -> None:
    machine = sender(window=1, qos0_waits=True)
    assert submit(machine, "a", qos=0) == [published(0, "a", qos=0)]
    submit(machine, "b")
    assert submit(machine, "c", qos=0) == []
    assert ack(machine, PubAck(1)) == [("Told", "b"), published(0, "c", qos=0)]


def test_a_full_queue_drops_the_newest() -> None:
    machine = sender(window=1, queue_limit=1)
    submit(machine, "a", "b")
    assert submit(machine, "c") == [("Dropped", "c", "queue overflow")]
    assert machine.kept() == ["a", "b"]


def test_a_full_queue_may_drop_the_oldest() -> None:
    machine = sender(window=1, queue_limit=1, drop="oldest")
    submit(machine, "a", "b")
    assert submit(machine, "c") == [("Dropped", "b", "queue overflow")]
    assert machine.kept() == ["a", "c"]


@pytest.mark.parametrize("drop", ["newest", "oldest"])
def test_without_a_queue_the_new_one_goes(drop: str) -> None:
    machine = sender(window=1, queue_limit=0, drop=drop)
    submit(machine, "a")
    assert submit(machine, "b") == [("Dropped", "b", "queue overflow")]


def test_a_dropped_message_uses_up_its_id_but_frees_it() -> None:
    """Packet ids 1021 to 1100 were used up by 80 messages that mosquitto 2.0.11 dropped."""
    machine = sender(window=1, queue_limit=0)
    submit(machine, "a", "b")
    ack(machine, PubAck(1))
    assert submit(machine, "c") == [published(3, "c")]


def test_offline_what_is_in_flight_may_fill_the_queue() -> None:
    """mosquitto 2.0.11, limit 1000: 1020 kept for a client that does not answer, 1000 in all for
    one that is away, whether or not some of them were in flight."""
    machine = sender(window=2, queue_limit=3, flight_fills_queue=True)
    kept_online = submit(machine, "a", "b", "c", "d", "e", "f")
    assert kept_online[2:] == [("Dropped", "f", "queue overflow")]
    machine.down()
    assert submit(machine, "g") == [("Dropped", "g", "queue overflow")]
    machine.clear("test")
    submit(machine, "a", "b", "c", "d")
    assert machine.kept() == ["a", "b", "c"]


def test_online_what_is_in_flight_does_not_count() -> None:
    machine = sender(window=2, queue_limit=2, flight_fills_queue=True)
    assert len(submit(machine, "a", "b", "c", "d")) == 2
    assert machine.kept() == ["a", "b", "c", "d"]


def test_without_that_rule_the_queue_has_its_whole_limit_offline() -> None:
    machine = sender(window=2, queue_limit=2)
    submit(machine, "a", "b")
    machine.down()
    submit(machine, "c", "d", "e")
    assert machine.kept() == ["a", "b", "c", "d"]


def test_resend_is_in_order_marked_dup_with_the_same_ids() -> None:
    machine = sender(window=2)
    submit(machine, "a", "b", "c")
    assert reconnect(machine) == [published(1, "a", dup=True), published(2, "b", dup=True)]
    assert ack(machine, PubAck(1)) == [("Told", "a"), published(3, "c")]


def test_resend_then_fill_the_window() -> None:
    machine = sender(window=2)
    submit(machine, "a")
    machine.down()
    submit(machine, "b", "c")
    assert shown(machine.resume(clean=False, now_s=0.0)) == [
        published(1, "a", dup=True),
        published(2, "b"),
    ]


def test_a_received_qos_2_message_is_only_released_again() -> None:
    machine = sender()
    submit(machine, "a", "b", qos=2)
    ack(machine, PubRec(1))
    assert reconnect(machine) == [("PubRel", 1), published(2, "b", qos=2, dup=True)]


def test_a_clean_session_may_restart_qos_2_flows() -> None:
    machine = sender(restart_on_clean=True)
    submit(machine, "a", qos=2)
    ack(machine, PubRec(1))
    assert reconnect(machine, clean=True) == [published(1, "a", qos=2, dup=True)]
    ack(machine, PubRec(1))
    assert reconnect(machine, clean=False) == [("PubRel", 1)]


def test_otherwise_a_clean_session_changes_nothing() -> None:
    machine = sender()
    submit(machine, "a", qos=2)
    ack(machine, PubRec(1))
    assert reconnect(machine, clean=True) == [("PubRel", 1)]


def test_dup_may_be_left_out() -> None:
    machine = sender(marks_dup=False)
    submit(machine, "a")
    assert reconnect(machine) == [published(1, "a")]


def test_resend_all_ignores_the_window() -> None:
    machine = sender(window=2, resend="all")
    submit(machine, "a", "b", "c")
    machine.down()
    submit(machine, "d")
    assert shown(machine.resume(clean=False, now_s=0.0)) == [
        published(1, "a", dup=True),
        published(2, "b", dup=True),
        published(3, "c"),
        published(4, "d"),
    ]
    submit(machine, "e")
    for packet_id in (1, 2):
        assert len(ack(machine, PubAck(packet_id))) == 1
    assert ack(machine, PubAck(3)) == [("Told", "c"), published(5, "e")]


def test_what_goes_out_before_resume_is_not_sent_again_by_it() -> None:
    machine = sender(up=False, resend="all")
    submit(machine, "a")
    machine.open()
    assert submit(machine, "b", qos=0) == [published(0, "b", qos=0)]
    assert shown(machine.resume(clean=True, now_s=0.0)) == [published(1, "a")]
    machine.down()
    machine.open()
    assert submit(machine, "c") == [published(2, "c")]
    assert shown(machine.resume(clean=True, now_s=0.0)) == [published(1, "a", dup=True)]


def test_before_resume_nothing_is_in_flight_and_the_window_is_free() -> None:
    """paho-mqtt 2.2.0 with 20 unanswered messages and more waiting, seen on the wire: a message
    published between CONNECT and CONNACK went out first."""
    machine = sender(window=1, resend="all")
    submit(machine, "a", "b")
    machine.down()
    machine.open()
    assert machine.in_flight == 0
    assert submit(machine, "c") == [published(3, "c")]
    assert submit(machine, "d") == []
    assert shown(machine.resume(clean=True, now_s=0.0)) == [
        published(1, "a", dup=True),
        published(2, "b"),
        published(4, "d"),
    ]
    assert machine.in_flight == 4


def serial(*messages: str) -> Sender:
    machine = sender(window=ID_MAX, resend="serial", qos0_offline=True)
    submit(machine, *messages)
    machine.down()
    return machine


def test_serial_resend_goes_one_by_one() -> None:
    machine = serial("a", "b")
    submit(machine, "c")
    assert shown(machine.resume(clean=False, now_s=0.0)) == [published(1, "a", dup=True)]
    assert machine.replaying
    assert ack(machine, PubAck(1)) == [("Told", "a"), published(2, "b", dup=True)]
    assert ack(machine, PubAck(2)) == [("Told", "b"), published(3, "c", dup=True)]
    assert ack(machine, PubAck(3)) == [("Told", "c")]
    assert not machine.replaying


def test_serial_resend_of_qos_2_takes_the_whole_flow() -> None:
    machine = sender(window=ID_MAX, resend="serial")
    submit(machine, "a", "b", qos=2)
    assert reconnect(machine) == [published(1, "a", qos=2, dup=True)]
    assert ack(machine, PubRec(1)) == [("PubRel", 1)]
    assert ack(machine, PubComp(1)) == [("Told", "a"), published(2, "b", qos=2, dup=True)]


def test_during_a_serial_resend_new_messages_wait() -> None:
    """Order as MQTT.js 5.16.0 writes it: what waited for the resend, then the offline QoS 0."""
    machine = serial("a")
    submit(machine, "z", qos=0)
    machine.resume(clean=False, now_s=0.0)
    assert submit(machine, "b") == []
    assert submit(machine, "c", qos=0) == []
    assert machine.waiting == 3
    assert ack(machine, PubAck(1)) == [
        ("Told", "a"),
        published(2, "b"),
        published(0, "c", qos=0),
        published(0, "z", qos=0),
    ]
    assert machine.waiting == 0


def test_what_waited_for_a_resend_is_lost_when_the_connection_breaks() -> None:
    machine = serial("a")
    machine.resume(clean=False, now_s=0.0)
    submit(machine, "b")
    assert machine.kept() == ["a", "b"]
    assert shown(machine.down()) == [("Dropped", "b", "connection closed during replay")]
    assert (machine.kept(), machine.replaying) == (["a"], False)
    assert shown(machine.resume(clean=False, now_s=0.0)) == [published(1, "a", dup=True)]


def test_a_serial_resend_of_nothing_sends_what_waits() -> None:
    machine = sender(up=False, resend="serial", qos0_offline=True)
    submit(machine, "a", qos=0)
    assert shown(machine.resume(clean=True, now_s=0.0)) == [published(0, "a", qos=0)]


def test_no_resend_on_a_live_connection_by_default() -> None:
    machine = sender()
    submit(machine, "a", now_s=5.0)
    assert machine.deadline_s == NEVER_S


def test_a_timed_resend() -> None:
    machine = sender(retry_s=20.0)
    submit(machine, "a", now_s=0.0)
    submit(machine, "b", now_s=5.0, qos=2)
    assert machine.deadline_s == 20.0
    assert shown(machine.time_out(20.0)) == [published(1, "a", dup=True)]
    assert machine.deadline_s == 25.0
    ack(machine, PubRec(2), now_s=10.0)
    assert shown(machine.time_out(25.0)) == []
    assert machine.deadline_s == 30.0
    assert shown(machine.time_out(30.0)) == [("PubRel", 2)]
    assert machine.deadline_s == 40.0


def test_a_timed_resend_ends_with_the_flight() -> None:
    machine = sender(retry_s=20.0)
    submit(machine, "a")
    ack(machine, PubAck(1))
    assert shown(machine.time_out(20.0)) == []
    assert machine.deadline_s == NEVER_S
    submit(machine, "b", now_s=30.0)
    assert machine.deadline_s == 50.0


def test_a_timed_resend_ends_with_the_connection() -> None:
    machine = sender(retry_s=20.0)
    submit(machine, "a")
    machine.down()
    assert machine.deadline_s == NEVER_S


def test_clear_drops_everything() -> None:
    machine = sender(window=1, retry_s=20.0, qos0_offline=True)
    submit(machine, "a", "b")
    machine.down()
    submit(machine, "c", qos=0)
    assert shown(machine.clear("clean session")) == [
        ("Dropped", message, "clean session") for message in ("a", "b", "c")
    ]
    assert (machine.kept(), machine.in_flight, machine.waiting) == ([], 0, 0)
    assert machine.deadline_s == NEVER_S
    assert [machine.new_id() for _ in range(2)] == [1, 2]


def test_clear_ends_a_serial_resend() -> None:
    machine = serial("a")
    machine.resume(clean=False, now_s=0.0)
    submit(machine, "b")
    assert len(machine.clear("test")) == 2
    assert (machine.replaying, machine.waiting) == (False, 0)


def test_clear_ends_a_timed_resend() -> None:
    machine = sender(retry_s=20.0)
    submit(machine, "a")
    machine.clear("test")
    assert (machine.deadline_s, machine.in_flight) == (NEVER_S, 0)


def test_defaults() -> None:
    options = SenderOptions()
    assert (options.window, options.queue_limit, options.drop) == (20, math.inf, "newest")
    assert (options.flight_fills_queue, options.qos0_offline, options.qos0_waits) == (False,) * 3
    assert (options.resend, options.marks_dup, options.restart_on_clean) == ("window", True, False)
    assert (options.counts_qos0, options.retry_s) == (False, math.inf)


def test_the_smallest_options_are_allowed() -> None:
    assert SenderOptions(window=1, queue_limit=0, retry_s=0.5).retry_s == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "window = 0: must be within 1 to 65535"),
        ({"window": 65_536}, "window = 65536"),
        ({"queue_limit": -1}, "queue_limit = -1"),
        ({"drop": "all"}, "drop = 'all'"),
        ({"resend": "never"}, "resend = 'never'"),
        ({"retry_s": 0.0}, "retry_s = 0.0"),
    ],
)
def test_impossible_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SenderOptions(**options)


@pytest.mark.parametrize(
    ("busy", "options"),
    [
        (lambda machine: machine.submit("a", 1, 0.0), {}),
        (lambda machine: machine.new_id(), {}),
        (lambda machine: machine.down(), {}),
        (lambda machine: None, {"retry_s": 20.0}),
    ],
    ids=["in flight", "an id is out", "offline", "sends again by time"],
)
def test_who_has_something_to_do_now_or_later_is_not_calm(busy, options) -> None:
    assert sender().is_calm
    machine = sender(**options)
    busy(machine)
    assert not machine.is_calm


def test_what_others_have_sent_is_carried_on_with() -> None:
    machine = sender(window=3)
    machine.carry_on([(7, "a"), (9, "b")], last_id=9)
    assert (machine.in_flight, machine.kept(), machine.last_id) == (2, ["a", "b"], 9)
    assert submit(machine, "c", "d") == [published(10, "c")]
    assert ack(machine, PubAck(9)) == [("Told", "b"), published(11, "d")]
    assert reconnect(machine) == [
        published(packet_id, message, dup=True)
        for packet_id, message in ((7, "a"), (10, "c"), (11, "d"))
    ]
