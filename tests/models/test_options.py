"""Options: the defaults are the software's, presets are numbers, a wrong key is refused."""

import math
import pickle

import pytest
from pydantic import ValidationError

from models import DESIGNS
from models.costs import AIOHTTP, BROKER_COSTS, MOSQUITTO, SOCKETIO
from models.options import GROUPS, Group, Http, Mqtt, Options, Routes, SocketIo
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.http.pools import POOLS
from models.protocols.mqtt import MQTT_BROKERS
from models.tables import Mistakes


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


def test_names_of_presets_have_become_their_numbers():
    options = DESIGNS["mqtt-qos1"].options
    assert options.backoff.policy == BACKOFFS["paho"]
    assert options.backoff.tries == math.inf
    assert options.heartbeat.ends == HEARTBEATS["paho"]
    assert options.mqtt.broker is MQTT_BROKERS["emqx"]
    assert (options.mqtt.qos, options.mqtt.clean_session) == (1, False)


def test_a_preset_may_have_some_numbers_of_its_own():
    pool = Http.model_validate({"pool": {"preset": "aiohttp", "limit": 3}}).pool
    assert (pool.limit, pool.idle_s) == (3, POOLS["aiohttp"].idle_s)
    queue = {"broker": {"preset": "emqx", "sender": {"queue_limit": 10}}}
    broker = Mqtt.model_validate(queue).broker
    assert broker.sender.queue_limit == 10
    assert broker.receiver == MQTT_BROKERS["emqx"].receiver


@pytest.mark.parametrize(
    ("value", "where"),
    [({"limit": 0}, ("limit",)), ({"limit": 1.5}, ("limit",)), ({"limits": 1}, ("limits",))],
)
def test_a_wrong_number_in_a_preset_is_refused_at_its_key(value, where):
    with pytest.raises(ValidationError) as refused:
        Http.model_validate({"pool": value})
    inner = refused.value.errors()[0]["ctx"]["error"]
    assert isinstance(inner, Mistakes)
    assert inner.found[0][0] == where


@pytest.mark.parametrize("pool", ["paddling", 3, {"preset": "paddling"}])
def test_what_is_no_preset_is_refused_with_those_that_are(pool):
    with pytest.raises(ValidationError, match="browser, node, aiohttp"):
        Http.model_validate({"pool": pool})


def test_servers_spend_what_the_measured_program_spent():
    assert Http().costs is AIOHTTP
    assert SocketIo().costs is SOCKETIO
    assert [Mqtt(qos=qos).server_costs for qos in (0, 1, 2)] == list(MOSQUITTO)
    dear = Mqtt.model_validate({"costs": {"preset": "mosquitto-qos2", "message_in_s": 1e-3}})
    assert dear.server_costs.message_in_s == 1e-3
    assert dear.server_costs.message_out_s == MOSQUITTO[2].message_out_s


def test_a_broker_spends_what_its_quality_of_service_costs():
    for qos in range(3):
        emqx = Mqtt.model_validate({"qos": qos, "costs": "emqx"})
        assert emqx.server_costs == BROKER_COSTS["emqx"].at(qos)
    own = Mqtt.model_validate({"qos": 1, "costs": {"preset": "emqx", "open_s": 1e-3}})
    assert own.server_costs == BROKER_COSTS["emqx"].changed({"open_s": 1e-3}).at(1)


@pytest.mark.parametrize("costs", ["nginx", 5, {"preset": "emqx", "foo": 1}])
def test_costs_that_nobody_has_are_refused(costs):
    with pytest.raises((ValidationError, Mistakes)):
        Mqtt.model_validate({"costs": costs})


def test_all_groups_together_have_room_for_those_of_channels():
    class Own(Group):
        """Made here."""

        size: int = 3

    assert Options(more={"own": Own()}).more["own"] == Own()
    assert set(GROUPS) | {"more", "on_disk"} == set(Options.__dataclass_fields__)


def test_only_some_brokers_have_a_disk():
    assert not DESIGNS["mqtt-qos1"].options.on_disk
    assert DESIGNS["mqtt-qos1"].variant("x", {"mqtt_broker": "on-disk"}).options.on_disk
