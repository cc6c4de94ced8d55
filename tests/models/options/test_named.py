"""Wholes by name: presets are numbers, a wrong one is refused with those that there are."""

import pytest
from pydantic import ValidationError

from models.options import Http, Mqtt
from models.protocols.http.pools import POOLS
from models.protocols.mqtt import MQTT_BROKERS
from models.tables import Mistakes


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


@pytest.mark.parametrize("costs", ["nginx", 5, {"preset": "emqx", "foo": 1}])
def test_costs_that_nobody_has_are_refused(costs):
    with pytest.raises((ValidationError, Mistakes)):
        Mqtt.model_validate({"costs": costs})
