"""CPU costs: what a server pays, against the measurements they are taken from."""

from dataclasses import asdict

import pytest

from models.costs import AIOHTTP, MOSQUITTO, SOCKETIO, TLS_FULL_S, TLS_RESUMED_S, tls_cost_s

SERVERS = {"aiohttp": AIOHTTP, "socket.io": SOCKETIO, "mosquitto": MOSQUITTO[0]}


def echo_s(costs, per_second):
    """One message in and one out at that rate, the core idle in between."""
    busy_s = costs.message_in_s + costs.message_out_s
    return busy_s + min(costs.wake_share * (1.0 / per_second - busy_s), costs.wake_max_s)


@pytest.mark.parametrize(
    ("name", "per_second", "measured_s"),
    [
        ("aiohttp", 100, 332e-6),
        ("aiohttp", 1_000, 80e-6),
        ("aiohttp", 4_000, 47e-6),
        ("socket.io", 100, 557e-6),
        ("socket.io", 4_000, 49e-6),
        ("mosquitto", 100, 79e-6),
        ("mosquitto", 1_000, 35e-6),
    ],
)
def test_an_echo_costs_what_was_measured(name, per_second, measured_s):
    assert echo_s(SERVERS[name], per_second) == pytest.approx(measured_s, rel=0.25)


@pytest.mark.parametrize(
    ("name", "measured_s"),
    [("aiohttp", 919.79e-6), ("socket.io", 421.86e-6), ("mosquitto", 516.05e-6)],
)
def test_a_message_to_fifty_costs_what_was_measured(name, measured_s):
    costs = SERVERS[name]
    fan_out_s = costs.message_in_s + 50 * costs.message_out_s
    woken_s = fan_out_s + costs.wake_max_s
    assert fan_out_s <= measured_s * 1.1
    assert woken_s >= measured_s * 0.9


def test_costs_are_positive_and_below_a_millisecond():
    for costs in (AIOHTTP, SOCKETIO, *MOSQUITTO):
        figures = asdict(costs)
        assert all(0.0 <= figures[name] < 1e-3 for name in figures if name.endswith("_s"))


def test_a_higher_quality_of_service_costs_more():
    in_s = [costs.message_in_s for costs in MOSQUITTO]
    out_s = [costs.message_out_s for costs in MOSQUITTO]
    assert in_s == sorted(set(in_s))
    assert out_s == sorted(set(out_s))


def test_tls_costs_cpu_when_there_is_tls():
    assert tls_cost_s("none", resumed=False) == 0.0
    for version in ("1.2", "1.3"):
        assert tls_cost_s(version, resumed=False) == TLS_FULL_S[version] > 0.0
        assert tls_cost_s(version, resumed=True) == TLS_RESUMED_S[version] > 0.0
