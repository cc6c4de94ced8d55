"""Options of connections: names of presets have become their numbers."""

import math

from models import DESIGNS
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.mqtt import MQTT_BROKERS


def test_names_of_presets_have_become_their_numbers():
    options = DESIGNS["mqtt-qos1"].options
    assert options.backoff.policy == BACKOFFS["paho"]
    assert options.backoff.tries == math.inf
    assert options.heartbeat.ends == HEARTBEATS["paho"]
    assert options.mqtt.broker is MQTT_BROKERS["emqx"]
    assert (options.mqtt.qos, options.mqtt.clean_session) == (1, False)
