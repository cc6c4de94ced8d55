"""Publish and subscribe, what is held for slow subscribers, and clients that come back."""

import pytest

from models.protocols.redis import (
    HARD_BYTES,
    REDIS_CLIENTS,
    SOFT_BYTES,
    OutputBuffer,
    PubSub,
    RedisClient,
    published_bytes,
)


def test_a_channel_is_heard_whatever_database_its_subscriber_has_selected():
    bus = PubSub()
    bus.subscribe("one", "news", database=1)
    bus.subscribe("other", "news", database=10)
    assert bus.hearing("news") == ["one", "other"]
    assert bus.hearing("olds") == []


def test_patterns_hear_and_are_not_counted():
    bus = PubSub()
    bus.psubscribe("one", "socket.io#/#*")
    bus.subscribe("other", "socket.io#/#5#")
    assert bus.hearing("socket.io#/#5#") == ["other", "one"]
    assert bus.hearing("mine#/#5#") == []
    assert bus.numsub("socket.io#/#5#") == 1


def test_who_leaves_hears_nothing_more_and_is_not_counted():
    bus = PubSub()
    bus.subscribe("one", "news")
    bus.psubscribe("one", "*")
    bus.leave("one")
    bus.leave("nobody")
    assert (bus.hearing("news"), bus.numsub("news")) == ([], 0)


def test_more_than_the_hard_limit_cuts_at_once():
    buffer = OutputBuffer()
    assert not buffer.put(HARD_BYTES, 0.0)
    assert buffer.put(1, 0.0)


def test_more_than_the_soft_limit_cuts_when_it_lasts():
    buffer = OutputBuffer()
    assert not buffer.put(SOFT_BYTES + 1, 0.0)
    assert not buffer.put(1, 60.0)
    assert buffer.put(1, 60.1)


def test_whoever_catches_up_in_time_is_not_cut():
    buffer = OutputBuffer()
    buffer.put(SOFT_BYTES + 1, 0.0)
    buffer.took(SOFT_BYTES)
    assert not buffer.put(SOFT_BYTES, 50.0)
    assert not buffer.put(1, 100.0)
    assert buffer.put(1, 110.1)


@pytest.mark.parametrize(
    ("name", "waits_s"),
    [
        ("ioredis", [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]),
        ("node-redis", [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0]),
    ],
)
def test_waits_double_up_to_a_cap_and_up_to_200_ms_are_added(name, waits_s):
    client = REDIS_CLIENTS[name]
    assert [client.wait_s(at, lambda: 0.0) for at in range(9)] == pytest.approx(waits_s)
    assert client.wait_s(0, lambda: 0.5) == pytest.approx(0.15)
    assert client.wait_s(10_000, lambda: 0.0) == client.cap_s


def test_commands_fail_after_so_many_retries_or_never():
    ioredis, node_redis = REDIS_CLIENTS["ioredis"], REDIS_CLIENTS["node-redis"]
    assert [tries for tries in range(1, 50) if ioredis.gives_up(tries)] == [20, 41]
    assert not any(node_redis.gives_up(tries) for tries in range(1, 50))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.0, 5.0, 0.2, 20), "first_s = 0.0: must be above 0.0"),
        ((0.05, 0.0, 0.2, 20), "cap_s = 0.0: must be above 0.0"),
        ((0.05, 5.0, -1.0, 20), "spread_s = -1.0: must be at least 0"),
        ((0.05, 5.0, 0.2, -1), "retries = -1: must be at least 0"),
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers, said):
    with pytest.raises(ValueError, match=said):
        RedisClient(*numbers)


def test_a_copy_has_its_pattern_channel_and_content():
    line = b"*4\r\n$8\r\npmessage\r\n$2\r\na*\r\n$3\r\nabc\r\n$10\r\n0123456789\r\n"
    assert published_bytes("a*", "abc", 10) == len(line)
