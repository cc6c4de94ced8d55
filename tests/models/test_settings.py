"""What is written: one word, a table, or a key by itself; merged, and made typed."""

import pytest

from models.options import GROUPS, Backplane, Group
from models.settings import FLAT, WHOLES, merged, options, typed, words, written

HOLD = "hold_s, pause_s, patience_s, batch_max, costs"
UNKNOWN = f"unknown field 'hold'; allowed: {HOLD}; did you mean 'hold_s'?"


def test_a_word_a_table_and_a_key_by_itself_end_in_groups():
    tables, names = written(
        {"heartbeat": "paho", "recovery": "cursor", "qos": 1, "mqtt": {"clean_session": False}}
    )
    assert tables == {
        "heartbeat": {"preset": "paho"},
        "recovery": {"kind": "cursor"},
        "mqtt": {"qos": 1, "clean_session": False},
    }
    assert names["mqtt", "qos"] == "qos"
    assert names["heartbeat", "preset"] == "heartbeat"
    assert written({"backplane": {"preset": "cluster"}})[0] == {"backplane": {"kind": "cluster"}}


def test_every_key_that_stood_by_itself_has_its_place():
    for group, key in FLAT.values():
        assert key in GROUPS[group].model_fields, key


NAMED = [(key, name) for key, (_, wholes) in WHOLES.items() for name in wholes]


@pytest.mark.parametrize(("key", "name"), NAMED)
def test_a_key_that_stands_for_several_options_means_options_that_exist(key, name):
    inner, wholes = WHOLES[key]
    tables, names = written({key: name})
    assert tables["mqtt"][inner] == name
    assert tables == wholes[name]
    assert set(names.values()) == {key}
    assert typed(tables, {})[1] == []


def test_what_is_written_beside_it_goes_first_wherever_it_stands():
    mine = {"connection": {"send_buffer": "unbounded"}, "broker": "emqx", "backplane": "cluster"}
    tables, names = written(mine)
    assert tables["connection"]["send_buffer"] == "unbounded"
    assert tables["backplane"] == {"kind": "cluster"}
    assert tables["mqtt"] == {"broker": "emqx", "costs": "emqx"}
    assert names["mqtt", "costs"] == "broker"


def test_numbers_of_a_broker_are_laid_over_it_and_a_name_of_none_is_told_at_its_key():
    tables, _ = written({"broker": {"preset": "vernemq", "netsplit": "keep"}})
    groups, mistakes = typed(tables, {})
    assert (groups["mqtt"].broker.netsplit, mistakes) == ("keep", [])
    tables, names = written({"broker": "hivemq"})
    [(at, value, said)] = typed(tables, {})[1]
    assert (names[at], value, said.split(", ")[0]) == ("broker", "hivemq", "mosquitto")
    assert tables == {"mqtt": {"broker": "hivemq"}}


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({"preset": "a"}, {"interval_s": 1}, {"preset": "a", "interval_s": 1}),
        ({"preset": "a", "interval_s": 1}, {"preset": "b"}, {"preset": "b"}),
        ({"pool": "node"}, {"pool": {"limit": 3}}, {"pool": {"preset": "node", "limit": 3}}),
        ({"pool": {"limit": 3}}, {"pool": "node"}, {"pool": "node"}),
        ({"pool": {"limit": 3, "idle_s": 2}}, {"pool": {"limit": 4}},
         {"pool": {"limit": 4, "idle_s": 2}}),
    ],
)  # fmt: skip
def test_numbers_are_laid_over_and_names_replace(before, change, after):
    assert merged({"http": before}, {"http": change}) == {"http": after}
    assert merged({}, {"http": change})["http"] == change


def test_every_mistake_has_its_place_its_value_and_what_is_allowed():
    tables = {
        "mqtt": {"qos": 3, "broker": {"preset": "emqx", "sender": {"window": 0}}},
        "http": {"retry": 1, "request_timeout_s": 0},
        "socketio": {"retries": -1, "transport": "tube"},
        "long_poll": {"batch_max": 0, "hold": 3},
        "backoff": {"kind": "fixed", "wait_s": -1, "tries": 0},
        "heartbeat": {"interval_s": "15"},
        "store": {"preset": 3},
    }
    groups, mistakes = typed(tables, {})
    assert {".".join(at): (value, said) for at, value, said in mistakes} == {
        "mqtt.qos": (3, "0, 1, 2"),
        "mqtt.broker.sender.window": (0, "within 1 to 65535"),
        "http.retry": (1, "true, false"),
        "http.request_timeout_s": (0, "more than 0, at most 3600 seconds"),
        "socketio.retries": (-1, "0 to 1000"),
        "socketio.transport": ("tube", "polling, websocket, polling only"),
        "long_poll.batch_max": (0, "at least 1"),
        "long_poll.hold": (
            3, UNKNOWN,
        ),
        "backoff.wait_s": (-1.0, "at least 0.0"),
        "backoff.tries": (0, "at least 1, inf without an end"),
        "heartbeat.interval_s": ("15", "more than 0 seconds"),
        "store.preset": (3, "a table of stored, idempotent, keys, history"),
    }  # fmt: skip
    assert groups["mqtt"] == GROUPS["mqtt"]()


def test_groups_of_channels_are_looked_at_like_the_others():
    class Own(Group):
        """Made here."""

        size: int = 3

    groups, mistakes = typed({"own": {"size": "x"}}, {"own": Own})
    assert mistakes == [(("own", "size"), "x", "a whole number")]
    groups, _ = typed({"own": {"size": 4}}, {"own": Own})
    assert options(groups, on_disk=False).more == {"own": Own(size=4)}
    assert options(groups, on_disk=True).backplane == Backplane()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"preset": "paho"}, "paho"),
        ({"kind": "fixed", "wait_s": 5.0, "tries": 4}, "fixed, wait_s = 5, tries = 4"),
        ({"client": {"ping": {"interval_s": 5}}}, "client = (ping = (interval_s = 5))"),
        (True, "yes"),
        (False, "no"),
        (0.5, "0.5"),
    ],
)
def test_a_setting_in_words(table, said):
    assert words(table) == said
