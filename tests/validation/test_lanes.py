"""How far the fast lane parts from the reference, and that `auto` knows where.

On thin streams (less than a message every two retransmission time-outs, one way) the recursion and
the packets agree: quantiles within 3 % where the sample knows them that well, losses identical.
They part where streams are dense (new messages meet the repair of old ones: RACK, the congestion
window, Nagle): at ten messages a second and 5 % loss the recursion's p95 is a seventh and its p99 a
third too short. `auto` simulates those packet by packet. A quantile on a cliff (at 5 % loss p99 is
333 and 346 ms, and a rank of 99.2 % 398 ms) is compared by the share of messages beyond it.
"""

import numpy as np
import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import SEND
from sim.scenario.scenario import Scenario
from sim.world import build_world

THIN = 20  # messages a minute: one in 3 s, six time-outs apart
DENSE = 600
REPLICATIONS = 6


def scenario(lane, per_minute, loss=0.0, people=40, outages=None):
    network = {"share": 1.0, "profile": "lan", "rate": {"kind": "none"}}
    network["delay"] = {"kind": "constant", "delay_s": 0.025}
    if loss:
        network["loss"] = {"kind": "bernoulli", "ratio": loss}
    if outages:
        network["outages"] = {"kind": "list", "intervals": outages}
    quiet = {"per_person_per_minute": 0}
    return Scenario.model_validate(
        {
            "name": "lanes",
            "designs": ["full-websocket"],
            "networks": [network],
            "time": {"warmup_s": 10, "measure_s": 240, "drain_s": 60},
            "people": {"count": people, "owed": "members"},
            "conversations": {"sizes": {"kind": "one-way-pairs"}},
            "arrivals": {"kind": "periodic"},
            "actions": {
                "send": {
                    "per_person_per_minute": per_minute,
                    "size_bytes": {"kind": "fixed", "bytes": 167},
                },
                "typing": {"per_send": 0},
                "seen": quiet,
                "list": quiet,
            },
            "tls": {"version": "none"},
            "servers": {"gateways": 1, "api_nodes": 0},
            "transport": {"lane": lane},
        }
    )


def outcome(lane, **given):
    """Latencies in ms of all replications, pooled, and how many messages were lost."""
    latencies, lost = [], []
    for replication in range(REPLICATIONS):
        history = run_replication(scenario(lane, **given), DESIGNS["full-websocket"], replication)
        messages, deliveries = history.tables["messages"], history.tables["deliveries"]
        sends = np.flatnonzero((messages["action"] == SEND) & (messages["time_s"] >= 10.0))
        first_s = np.full(len(messages["time_s"]), np.inf)
        np.minimum.at(first_s, deliveries["message"], deliveries["time_s"])
        latency_s = (first_s - messages["time_s"])[sends]
        latencies.append(latency_s[np.isfinite(latency_s)] * 1e3)
        lost.append(int((~np.isfinite(latency_s)).sum()))
    return np.concatenate(latencies), lost


WITHIN = 0.03


def on_cliff(latency_ms, rank):
    """Whether the quantile moves by more than the bound within the binomial error of its rank."""
    step = 2.0 * np.sqrt(rank * (1.0 - rank) / len(latency_ms))
    low, high = np.quantile(latency_ms, [rank - step, min(rank + step, 1.0)])
    return high > (1.0 + WITHIN) * low


def agree(fast, exact, rank):
    """Whether two samples have the same quantile, or the same share beyond it on a cliff."""
    quantile = np.quantile(exact, rank)
    if not on_cliff(exact, rank):
        return np.quantile(fast, rank) == pytest.approx(quantile, rel=WITHIN)
    error = 4.0 * np.sqrt(2.0 * rank * (1.0 - rank) / len(exact))
    return abs(np.mean(fast > quantile) - np.mean(exact > quantile)) <= error


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05])
def test_on_thin_streams_both_lanes_agree(loss):
    fast, fast_lost = outcome("fast", per_minute=THIN, loss=loss)
    exact, exact_lost = outcome("exact", per_minute=THIN, loss=loss)
    assert fast_lost == exact_lost == [0] * REPLICATIONS
    late_fast, late_exact = np.mean(fast > 150.0), np.mean(exact > 150.0)
    expected = 1.0 - (1.0 - loss) ** 2
    error = 4.0 * np.sqrt(expected * (1.0 - expected) / len(fast))
    assert abs(late_fast - expected) <= error
    assert abs(late_exact - expected) <= error
    assert [rank for rank in (0.5, 0.9, 0.98, 0.99) if not agree(fast, exact, rank)] == []


def test_samples_that_differ_do_not_agree():
    """A shift of a twentieth, and, on a cliff, twice the share beyond it."""
    flat, cliff = np.linspace(100.0, 101.0, 9600), np.repeat([50.0, 300.0], [9500, 100])
    assert agree(flat, flat, 0.9)
    assert not agree(0.95 * flat, flat, 0.9)
    steep = np.concatenate([cliff, np.linspace(51.0, 299.0, 400)])
    assert on_cliff(steep, 0.97)
    assert agree(steep, steep, 0.97)
    assert not agree(np.concatenate([steep, np.full(400, 300.0)]), steep, 0.97)


@pytest.mark.parametrize("down_s", [10.0, 40.0])
def test_on_thin_streams_an_outage_costs_both_lanes_the_same_messages(down_s):
    given = {"per_minute": THIN, "outages": [[60.0, 60.0 + down_s]], "people": 20}
    _, fast_lost = outcome("fast", **given)
    _, exact_lost = outcome("exact", **given)
    assert fast_lost == exact_lost


def test_on_dense_streams_they_part_and_auto_takes_the_packets():
    """Ten messages a second at 5 % loss: the congestion window blocks what comes after a loss."""
    given = {"per_minute": DENSE, "loss": 0.05, "people": 10}
    fast, _ = outcome("fast", **given)
    exact, _ = outcome("exact", **given)
    chosen, _ = outcome("auto", **given)
    assert np.quantile(fast, 0.5) == pytest.approx(np.quantile(exact, 0.5), rel=WITHIN)
    assert np.quantile(exact, 0.95) > 1.1 * np.quantile(fast, 0.95)
    assert np.quantile(exact, 0.99) > 1.3 * np.quantile(fast, 0.99)
    assert np.array_equal(chosen, exact)


@pytest.mark.parametrize(
    ("per_minute", "loss", "exact"),
    [(THIN, 0.02, False), (DENSE, 0.02, True), (DENSE, 0.0, False)],
)
def test_auto_chooses_by_density_and_by_what_can_go_wrong(per_minute, loss, exact):
    world = build_world(scenario("auto", per_minute, loss), 0)
    assert world.exact == [exact] * 40
