"""Channels of one environment, and places of its nodes."""

from stage import Stage

from models import DESIGNS
from models.servers.backplane.environment import ENVELOPE_BYTES, Channels


def test_channels_are_called_as_the_adapter_calls_them():
    """PREFIX#NSP#, PREFIX#NSP#ROOM#, PREFIX-request#NSP# and PREFIX-response#NSP#."""
    names = Channels("socket.io")
    assert names.pattern == "socket.io#/#*"
    assert names.room(7) == "socket.io#/#7#"
    assert names.request == "socket.io-request#/#"
    assert names.response == "socket.io-response#/#"


def environment(**changes):
    design = DESIGNS["socketio"].variant("x", {"backplane": {"kind": "redis-pubsub", **changes}})
    return Stage(design, [(2.0, 0)], size_bytes=1000).system.service.fan_out.backplane


def test_nodes_listen_under_their_prefix():
    found = environment(prefix="mine")
    assert found.redis.pubsub.hearing("mine#/#0#") == list(found.redis.seats.values())
    assert found.redis.pubsub.hearing("socket.io#/#0#") == []
    assert found.redis.pubsub.numsub("mine-request#/#") == 2


def test_what_a_message_costs_and_weighs():
    found = environment()
    assert found.publish_s(found.room_of(0)) == 6.6e-6 + 2 * 0.4e-6
    assert 1000 + ENVELOPE_BYTES < found.message_bytes(0) < 1000 + ENVELOPE_BYTES + 70
