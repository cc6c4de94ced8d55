"""What a kind of channel says of itself is true of what it builds."""

import pytest
from stage import Stage

from models import DESIGNS
from models.channels import channels
from models.channels.kind import Channel, Kind
from models.fit import reader
from models.options import GROUPS, Options
from models.servers.backplane import backplanes

CALLS = [name for name in vars(Channel) if name[0] != "_"]


@pytest.mark.parametrize("kind", channels().values(), ids=channels())
def test_a_kind_names_what_exists(kind):
    assert kind.backplane in backplanes()
    for path in kind.reads:
        group, _, key = path.partition(".")
        fields = {**GROUPS, **kind.groups}[group].model_fields
        assert not key or key in fields
        assert kind.title in reader(f"{group}.x") or key
    assert "none" in (kind.keeps or ("none",))
    assert kind.title


@pytest.mark.parametrize("design", ["hybrid", "zalo", "mqtt-qos1", "socketio", "sse"])
def test_what_is_built_can_do_what_the_system_asks(design):
    for channel in Stage(DESIGNS[design]).system.channels.values():
        assert all(callable(getattr(channel, call)) for call in CALLS)
        assert channel.endpoint


def test_a_kind_reads_nothing_and_keeps_nothing_unless_it_says_so():
    plain = Kind("x", lambda slot: None)
    assert (plain.keeps, plain.reads, dict(plain.groups), dict(plain.says)) == ((), (), {}, {})
    assert plain.sends
    assert (plain.describes(Options()), list(plain.refuses({}))) == ({}, [])


def test_brokers_keep_sessions_and_have_a_cluster():
    assert channels()["mqtt"].keeps == ("none", "session")
    assert [name for name, kind in channels().items() if kind.backplane == "cluster"] == ["mqtt"]
