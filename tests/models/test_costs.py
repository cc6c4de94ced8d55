"""CPU costs: what a server pays, against the measurements they are taken from."""

import math
from dataclasses import asdict

import pytest

from models.costs import (
    AIOHTTP,
    BROKER_COSTS,
    MOSQUITTO,
    SOCKETIO,
    TLS_FULL_S,
    TLS_RESUMED_S,
    Costs,
    tls_cost_s,
)

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


# emqx-docs, EMQX 5.1.6 on 4 vCPUs: (QoS, in, out a second, share of the machine)
EMQX = [
    (0, 30_000, 30_000, 0.7813),
    (1, 20_000, 20_000, 0.7556),
    (1, 250, 49_750, 0.7125),
    (2, 10_000, 10_000, 0.6906),
]


@pytest.mark.parametrize(("qos", "in_per_s", "out_per_s", "share"), EMQX)
def test_emqx_is_as_busy_as_was_measured(qos, in_per_s, out_per_s, share):
    costs = BROKER_COSTS["emqx"].at(qos)
    cores = in_per_s * costs.message_in_s + out_per_s * costs.message_out_s
    assert cores / 4 == pytest.approx(share, rel=0.003)


@pytest.mark.parametrize(
    ("in_per_s", "out_per_s", "share"), [(50_000, 50_000, 0.9), (0, 8e4, 0.92)]
)
def test_vernemq_is_as_busy_as_was_measured(in_per_s, out_per_s, share):
    costs = BROKER_COSTS["vernemq"].at(1)
    cores = in_per_s * costs.message_in_s + out_per_s * costs.message_out_s
    assert cores / 16 == pytest.approx(share, rel=0.003)


def test_rabbitmq_is_as_busy_as_eight_cores_can_be():
    costs = BROKER_COSTS["rabbitmq"].at(1)
    assert 18_000 * (costs.message_in_s + costs.message_out_s) == pytest.approx(8.0, rel=0.003)
    assert BROKER_COSTS["rabbitmq"].at(2) == costs  # it has no QoS 2


def test_mosquitto_has_one_core_and_the_others_have_all():
    """A million idle clients: 1 GB, 8.7 to 10.8, 18 to 22, and 18.7 GiB."""
    cores = {name: one.at(1).cores_max for name, one in BROKER_COSTS.items()}
    assert cores == {"mosquitto": 1.0, "emqx": math.inf, "vernemq": math.inf, "rabbitmq": math.inf}
    gigabytes = {name: one.at(1).connection_bytes / 1_000 for name, one in BROKER_COSTS.items()}
    assert gigabytes == {"mosquitto": 1.0, "emqx": 9.8, "vernemq": 20.0, "rabbitmq": 20.0}
    for qos in range(3):
        mine, measured = BROKER_COSTS["mosquitto"].at(qos), MOSQUITTO[qos]
        assert (mine.message_in_s, mine.message_out_s) == (
            measured.message_in_s, measured.message_out_s,
        )  # fmt: skip


def test_what_a_broker_s_costs_are_inferred_from_is_said_of_fields_that_exist():
    for broker in BROKER_COSTS.values():
        assert broker.source
        for words in broker.assumed:
            names = words.partition(":")[0].split(", ")
            assert set(names) <= set(Costs.__dataclass_fields__), words
    assert not BROKER_COSTS["mosquitto"].assumed


def test_numbers_of_ones_own_hold_at_every_quality_of_service():
    mine = BROKER_COSTS["emqx"].changed({"open_s": 1e-3})
    assert [one.open_s for one in mine.by_qos] == [1e-3] * 3
    assert mine.at(2).message_in_s == BROKER_COSTS["emqx"].at(2).message_in_s
    with pytest.raises(ValueError, match=r"cores_max = 0\.5: must be at least 1"):
        BROKER_COSTS["emqx"].changed({"cores_max": 0.5})


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
