"""What a design's table says arrives as options, each in the group of whoever reads it."""

from models import DESIGNS
from models.options import Routes
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.mqtt import MQTT_BROKERS


def test_routes_say_which_channel_carries_each_action():
    slack = DESIGNS["slack"].routes
    assert slack == Routes("http", "http", "websocket", "websocket", "http")


def test_names_of_presets_have_become_their_numbers():
    options = DESIGNS["mqtt-qos1"].options
    assert options.connection.backoff is BACKOFFS["paho"]
    assert options.connection.heartbeat.client is HEARTBEATS["paho"].client
    assert options.mqtt.broker is MQTT_BROKERS["emqx"]
    assert (options.mqtt.qos, options.mqtt.clean_session) == (1, False)


def test_two_presets_give_one_end_each():
    mixed = DESIGNS["hybrid"].variant("x", {"heartbeat": "discord+engine.io"})
    heartbeat = mixed.options.connection.heartbeat
    assert heartbeat.client is HEARTBEATS["discord"].client
    assert heartbeat.server is HEARTBEATS["engine.io"].server


def test_only_a_cursor_needs_a_log_and_only_some_brokers_have_a_disk():
    assert DESIGNS["hybrid-cursor"].options.store.log
    assert not DESIGNS["hybrid"].options.store.log
    assert not DESIGNS["mqtt-qos1"].options.store.on_disk
    on_disk = DESIGNS["mqtt-qos1"].variant("x", {"mqtt_broker": "on-disk"})
    assert on_disk.options.store.on_disk
