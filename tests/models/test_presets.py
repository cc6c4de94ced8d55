"""Heartbeats and back-offs: names, numbers, and numbers on top of a name."""

import pytest

from models.presets import backoff, heartbeat, rule_of, with_kind
from models.protocols.backoff import BACKOFFS, RULES, Exponential, Fixed
from models.protocols.heartbeat import HEARTBEATS
from models.tables import Mistakes


@pytest.mark.parametrize("name", HEARTBEATS)
def test_a_name_is_the_preset(name):
    assert heartbeat({"preset": name}) == HEARTBEATS[name]


def test_two_presets_give_one_end_each():
    mixed = heartbeat({"preset": "discord+engine.io"})
    assert mixed.client == HEARTBEATS["discord"].client
    assert mixed.server == HEARTBEATS["engine.io"].server


@pytest.mark.parametrize(
    ("preset", "numbers", "silence_s"),
    [
        ("engine.io", {"interval_s": 15, "timeout_s": 30}, 45.0),
        ("paho", {"interval_s": 20}, 30.0),
        ("paho-loop", {"interval_s": 20}, 30.0),
        ("libmosquitto", {"interval_s": 20}, 30.0),
        ("mqtt.js", {"interval_s": 20, "timeout_s": 5}, 30.0),
        ("centrifuge", {"interval_s": 15}, 25.0),
        ("phoenix", {"interval_s": 15}, 60.0),  # its server has a time-out of its own
    ],
)
def test_the_end_that_listens_bears_what_the_other_one_pings(preset, numbers, silence_s):
    ends = heartbeat({"preset": preset, **numbers})
    pinging, listening = (ends.client, ends.server)
    if pinging is None or pinging.ping is None:
        pinging, listening = listening, pinging
    assert pinging.ping.interval_s == numbers["interval_s"]
    assert listening.watch.limit_s == silence_s


def test_ping_s_is_another_word_for_the_interval():
    assert heartbeat({"ping_s": 15}) == heartbeat({"interval_s": 15})


def test_where_nobody_pings_the_client_does():
    ends = heartbeat({"preset": "none", "interval_s": 15, "timeout_s": 30})
    assert (ends.client.ping.interval_s, ends.client.ping.timeout_s) == (15.0, 30.0)
    assert ends.server is None


def test_one_end_can_be_changed_alone():
    ends = heartbeat({"client": {"ping": {"interval_s": 5}}})
    assert (ends.client.ping.interval_s, ends.server.ping.interval_s) == (5.0, 20.0)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"preset": "drum"}, "preset"),
        ({"preset": 3}, "preset"),
        ({"interval_s": 0}, "interval_s"),
        ({"ping_s": "15"}, "ping_s"),
        ({"timeout_s": True}, "timeout_s"),
        ({"interval": 15}, "interval"),
        ({"client": {"ping": {"interval_s": -1}}}, "client"),
    ],
)
def test_a_wrong_heartbeat_is_refused_at_its_key(table, key):
    with pytest.raises(Mistakes) as refused:
        heartbeat(table)
    assert refused.value.found[0][0][0] == key


@pytest.mark.parametrize("name", BACKOFFS)
def test_a_preset_of_a_back_off_keeps_its_rule_and_numbers(name):
    assert backoff({"preset": name})["rule"] == BACKOFFS[name]
    assert type(BACKOFFS[name]) in RULES.values()


def test_a_back_off_of_ones_own():
    own = backoff({"kind": "fixed", "wait_s": 5, "jitter_s": 1, "tries": 4})
    assert own == {"rule": Fixed(5.0, jitter_s=1.0), "tries": 4.0, "stable_s": 0.0}
    ladder = backoff({"kind": "ladder", "steps_s": [0, 2, 10, 30]})["rule"]
    assert ladder.steps_s == (0.0, 2.0, 10.0, 30.0)
    assert backoff({"preset": "socket.io", "cap_s": 30})["rule"].cap_s == 30.0


def test_numbers_that_do_not_fit_the_rule_bring_their_own():
    present = {"preset": "fixed-1s"}
    assert with_kind(present, {"wait_s": 3}) == {"wait_s": 3}
    numbers = {"base_s": 1.0, "factor": 2.0, "cap_s": 30.0, "jitter": 0.5}
    assert with_kind(present, numbers) == {"kind": "exponential", **numbers}
    assert rule_of(with_kind(present, numbers))[0] is Exponential
    assert with_kind({"preset": "paho"}, {"wait_s": 3}) == {"kind": "fixed", "wait_s": 3}
    assert with_kind(present, {"tries": 3}) == {"tries": 3}
    assert with_kind(present, {"foo": 3}) == {"foo": 3}


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ({"preset": "never"}, ["preset"]),
        ({"kind": "luck"}, ["kind"]),
        ({"kind": "fixed"}, ["wait_s"]),
        ({"kind": "fixed", "wait_s": -1, "tries": 0}, ["wait_s", "tries"]),
        ({"preset": "paho", "tries": True}, ["tries"]),
        ({"preset": "paho", "stable_s": -1}, ["stable_s"]),
        ({"preset": "paho", "wait_s": 3, "foo": 1}, ["wait_s", "foo"]),
        ({"kind": "ladder", "steps_s": ["1"]}, ["steps_s"]),
        ({"kind": "ladder", "steps_s": 3}, ["steps_s"]),
    ],
)
def test_every_mistake_of_a_back_off_is_told(table, keys):
    with pytest.raises(Mistakes) as refused:
        backoff(table)
    assert [at[0] for at, *_ in refused.value.found] == keys
