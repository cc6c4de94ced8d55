"""Publish and subscribe through a broker, at three qualities and with two kinds of session."""

import pytest

from models.designs.mqtt import MQTT_QOS0, MQTT_QOS1, MQTT_QOS1_CLEAN, MQTT_QOS2

ALL = (MQTT_QOS0, MQTT_QOS1, MQTT_QOS1_CLEAN, MQTT_QOS2)


@pytest.mark.parametrize("design", ALL, ids=lambda design: design.name)
def test_every_action_is_published_or_subscribed(design):
    actions = ("list", "send", "receive", "typing", "seen")
    assert {getattr(design, action) for action in actions} == {"mqtt"}
    assert design.options.mqtt.over_websocket
    assert not design.options.store.stored  # what a broker keeps is its session


@pytest.mark.parametrize(
    ("design", "qos", "clean", "recovery", "claims"),
    [
        (MQTT_QOS0, 0, True, "none", ("at-most-once", "fifo")),
        (MQTT_QOS1, 1, False, "session", ("at-least-once", "no-loss-after-ok")),
        (MQTT_QOS1_CLEAN, 1, True, "none", ()),
        (MQTT_QOS2, 2, False, "session", ("exactly-once", "no-loss-after-ok")),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_quality_session_and_claims_go_together(design, qos, clean, recovery, claims):
    assert (design.options.mqtt.qos, design.options.mqtt.clean_session) == (qos, clean)
    assert design.options.recovery.kind == recovery
    assert design.claims == claims


@pytest.mark.parametrize("design", ALL, ids=lambda design: design.name)
def test_client_timers_are_those_of_one_library(design):
    assert design.settings["mqtt"]["client"] == design.settings["backoff"]["preset"] == "paho"
    assert design.settings["heartbeat"] == {"preset": "paho"}
    assert (
        design.options.connection.connect_timeout_s == 5.0
    )  # PyPI paho-mqtt 2.2.0, Client.connect_timeout
    assert design.settings["mqtt"]["broker"] == "emqx"
