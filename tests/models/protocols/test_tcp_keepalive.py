"""What shipped software asks of its kernel, and what its numbers may be."""

import math

import pytest

from models.protocols.tcp_keepalive import OFF, TCP_KEEPALIVES, TcpKeepAlive


@pytest.mark.parametrize(
    ("name", "found_s"),
    [
        ("linux", 7200.0 + 9 * 75.0),  # tcp(7): 2 hours 11 minutes
        ("chromium", 450.0),
        ("firefox", 604.0),
        ("node-agent", 11.0),
        ("undici", 70.0),
        ("go", 150.0),
        ("off", math.inf),
    ],
)
def test_when_a_dead_peer_is_noticed(name, found_s):
    assert TCP_KEEPALIVES[name].gives_up_after_s == found_s
    assert TCP_KEEPALIVES[name].is_on is (found_s < math.inf)
    assert TCP_KEEPALIVES[name].source != "own setting"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"idle_s": 0.0}, "idle_s = 0.0: must be above 0"),
        ({"interval_s": -1.0}, "interval_s = -1.0: must be above 0"),
        ({"probes": 0}, "probes = 0: must be at least 1"),
    ],
)
def test_wrong_numbers_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        TcpKeepAlive(**wrong)


def test_off_is_off():
    assert not OFF.is_on
