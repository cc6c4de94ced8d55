"""What a kind of channel says of itself is true of what it builds."""

import pytest
from stage import Stage

from models import DESIGNS
from models.channels import channels
from models.channels.kind import Channel, ChannelKind
from models.fit import reader
from models.options import GROUPS
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
    assert "none" in kind.keeps


@pytest.mark.parametrize("design", ["hybrid", "zalo", "mqtt-qos1", "socketio"])
def test_what_is_built_can_do_what_the_system_asks(design):
    for channel in Stage(DESIGNS[design]).system.channels.values():
        assert all(callable(getattr(channel, call)) for call in CALLS)
        assert channel.endpoint


def test_a_kind_reads_nothing_and_keeps_nothing_unless_it_says_so():
    plain = ChannelKind(name="x", title="X", build=lambda slot: None)
    assert (plain.keeps, plain.reads, plain.groups) == (("none",), (), {})
