"""A wish that is not modelled yet is called that; a slip of the hand is not."""

import pytest
from fake_experiment import DESIGNS

from models import DESIGNS as REAL
from sim.errors import InputError
from sim.scenario.gaps import GAPS, gap
from sim.scenario.load import Source, check
from sim.scenario.problems import schema

WORLD = 'name = "x"\ndesigns = ["hybrid"]\n[[networks]]\nshare = 1.0\nprofile = "4g"\n'


def messages(text, tmp_path, designs=REAL):
    with pytest.raises(InputError) as caught:
        check(Source("x.toml", text, tmp_path), designs)
    return caught.value.messages


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("delay = { kind = 'constant', delay_s = 0.1, correlation = 0.25 }\n",
         "networks.0.delay.correlation", "correlation"),
        ("delay = { up = { kind = 'constant', delay_s = 0.1, correlation = 0.25 } }\n",
         "networks.0.delay.up.correlation", "correlation"),
        ("[people]\ncount = 5\nhidden_share = 0.5\n", "people.hidden_share", "by habit of many"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_key(text, key, words, tmp_path):
    (message,) = messages(WORLD + text, tmp_path)
    assert f": {key}: not modelled yet: " in message
    assert words in message


def test_every_slip_of_a_variant_is_told_at_once(tmp_path):
    fields = (
        'base = "full-websocket"\nbackoff = { wait_s = 5.0 }\nheartbeat = 15\ntries = 4\n'
        'receive = "pigeon"\nqos = 9\nfoo = 1\n'
    )
    found = messages(f"{WORLD}[variants.b1]\n{fields}", tmp_path)
    keys = [message.split(": ")[1].removeprefix("variants.b1.") for message in found]
    assert keys == ["heartbeat", "receive", "qos", "foo"]
    assert ["not modelled yet" in message for message in found] == [False] * 4


def test_a_slip_of_the_hand_is_none(tmp_path):
    (message,) = messages(WORLD + "[people]\ncuont = 3\n", tmp_path, DESIGNS)
    assert "not modelled" not in message


def test_a_device_that_sleeps_is_a_fault_that_there_is(tmp_path):
    (message,) = messages(WORLD + '[[faults]]\nkind = "device-sleep"\n', tmp_path)
    assert "did you mean 'device-asleep'?" in message
    assert "not modelled" not in message


def test_no_key_that_exists_is_called_missing():
    rules = schema()

    def walk(node, location):
        for key, raw in rules.keys(rules.resolve(node)).items():
            yield (*location, key)
            one = rules.resolve(raw)
            inner = [one, *one.get("anyOf", ()), *rules.kinds(one).values()]
            inner += [
                kind for other in one.get("anyOf", ()) for kind in rules.kinds(other).values()
            ]
            for branch in inner:
                yield from walk(branch, (*location, key))
            if isinstance(one.get("items"), dict):
                for kind in (one["items"], *rules.kinds(one["items"]).values()):
                    yield from walk(kind, (*location, key, 0))

    locations = list(walk(rules.root, ()))
    assert len(locations) > 100
    assert [location for location in locations if gap(location)] == []
    fields = [("variants", "x", field) for field in vars(type(REAL["hybrid"])) if field[0] != "_"]
    assert [at for at in fields if gap(at, "x", known=True)] == []


def test_every_gap_is_words():
    assert all(words and not words.endswith(".") for words in GAPS.values())
