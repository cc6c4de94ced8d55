"""All that a design can be told: groups with a default and a word for each option."""

import pickle

import pytest
from pydantic import ValidationError

from models import DESIGNS
from models.options import GROUPS, Group, Options, Routes


def test_routes_say_which_channel_carries_each_action():
    slack = DESIGNS["slack"].routes
    assert slack == Routes("http", "http", "websocket", "websocket", "http")


@pytest.mark.parametrize("kind", GROUPS.values(), ids=GROUPS)
def test_a_group_says_what_it_is_and_refuses_what_it_is_not(kind):
    assert kind.__doc__
    assert all(info.description for info in kind.model_fields.values())
    assert kind() == kind()
    assert pickle.loads(pickle.dumps(kind())) == kind()
    with pytest.raises(ValidationError):
        kind.model_validate({"no_such_key": 1})


def test_all_groups_together_have_room_for_those_of_channels():
    class Own(Group):
        """Made here."""

        size: int = 3

    assert Options(more={"own": Own()}).more["own"] == Own()
    assert set(GROUPS) | {"more", "on_disk"} == set(Options.__dataclass_fields__)


def test_only_some_brokers_have_a_disk():
    assert not DESIGNS["mqtt-qos1"].options.on_disk
    assert DESIGNS["mqtt-qos1"].variant("x", {"mqtt_broker": "on-disk"}).options.on_disk
