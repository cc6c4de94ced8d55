"""Operating curves foretell what real gates do whose truth is known."""

import numpy as np
import pytest

from sim.experiment.gates.ledger import Ledger
from sim.experiment.gates.looks import schedule
from sim.experiment.gates.operating import TIMES, curve
from sim.guarantees import Verdict
from sim.scenario.gates import Gate
from tests.sim.experiment.gates.made import measure, violated
from tests.sim.experiment.statistics import facts_made

LOOKS, GATES, SEEN = schedule(8, 24), 60, 60
SPREAD = 0.5
LOST = Gate(metric=facts_made.NAME, below=1e-3)
LATE = Gate(metric="late_1s", below=0.05)
SLOW = Gate(metric="latency_p99", below_s=1.0)
TIMELY = Gate(metric="latency_p50", below_s=np.log(2))


def lost(rng, times, count):
    """Losses of known causes: bursts of 10 on average."""
    made = facts_made.measures(rng, times * LOST.limit, 10, count, 6000)
    return [measure(n, **one["metrics"]) | {"facts": one["facts"]} for n, one in enumerate(made)]


def late(rng, times, count):
    """Causes are not told; what is late comes by fives."""
    hits = 5 * rng.poisson(times * LATE.limit * 120 / 5, count)
    return [measure(n, late_1s=[int(one), 120]) for n, one in enumerate(hits)]


def slow(rng, times, count):
    """A mean of skewed times."""
    values = times * SLOW.limit * rng.lognormal(-(SPREAD**2) / 2, SPREAD, count)
    return [measure(n, latency_p99=float(one)) for n, one in enumerate(values)]


def timely(rng, times, count):
    """A quantile over all receptions; those of a replication come in groups with one luck."""
    found = []
    for n in range(count):
        delays = np.round(times * np.repeat(rng.exponential(1, 8), 10), 3)
        values, number = np.unique(delays, return_counts=True)
        told = {"values_s": values.tolist(), "counts": number.tolist(), "owed": len(delays)}
        middle = float(np.median(delays))
        found.append(measure(n, latency_p50=middle) | {"samples": {"latency": told}})
    return found


KINDS = {
    "facts": (LOST, lost),
    "bursts": (LATE, late),
    "mean": (SLOW, slow),
    "quantile": (TIMELY, timely),
}


def played(gate, make, times):
    """Shares of real gates that fail, and that stay undecided."""
    rng = np.random.default_rng(int(10 * times))
    states = []
    for _ in range(GATES):
        ledger = Ledger((gate,), ["a"], LOOKS)
        found, wanted, taken = make(rng, times, LOOKS[-1]), LOOKS[0], 0
        while wanted > taken:
            taken, wanted = wanted, ledger.look({"a": found[:wanted]})
        states.append(ledger.decisions[0, "a"].state)
    return states.count("fail") / GATES, states.count("unknown") / GATES


@pytest.mark.parametrize("kind", KINDS)
def test_a_curve_is_what_real_gates_do(kind):
    gate, make = KINDS[kind]
    found = curve(gate, make(np.random.default_rng(1), 0.6, SEEN), LOOKS)
    assert [one.times for one in found.points] == [*TIMES]
    for one in found.points:
        fails, unknown = played(gate, make, one.times)
        assert one.fails == pytest.approx(fails, abs=0.2)
        assert one.unknown == pytest.approx(unknown, abs=0.2)


def test_a_guarantee_s_curve_is_exact():
    """A gate of 299 facts at 100 a replication ends at the first look with as many, or is open."""
    gate = Gate(guarantee="fifo")
    found = curve(gate, [measure(n, verdicts={"fifo": Verdict(100)}) for n in range(8)], LOOKS)
    assert [one.unknown for one in found.points] == [0, 0, 0]
    limit, facts = 1 - 0.05 ** (1 / 299), 800
    assert found.points[0].fails == pytest.approx(1 - (1 - limit) ** facts)
    few = curve(gate, [measure(n, verdicts={"fifo": Verdict(10)}) for n in range(8)], LOOKS)
    assert few.points[1].unknown == pytest.approx((1 - 2 * limit) ** 240)
    assert few.points[1].fails == pytest.approx(1 - few.points[1].unknown)
    rng, hits = np.random.default_rng(5), 0
    for _ in range(400):
        seen = [violated() if rng.random(10).min() < 2 * limit else Verdict(10) for _ in range(24)]
        ledger = Ledger((gate,), ["a"], (24,))
        ledger.look({"a": [measure(n, verdicts={"fifo": one}) for n, one in enumerate(seen)]})
        hits += ledger.decisions[0, "a"].state == "fail"
    assert few.points[1].fails == pytest.approx(hits / 400, abs=0.05)


def test_a_share_cannot_be_ten_times_a_fourth():
    late = Gate(metric="late_1s", below=0.25)
    made = [measure(n, late_1s=[hits, 100]) for n, hits in enumerate((10, 12, 8, 11))]
    assert [one.times for one in curve(late, made, LOOKS).points] == [1, 2]


@pytest.mark.parametrize("values", [(0.5, 0.6), (0.5, 0.6, "never"), (None,) * 4])
def test_there_is_no_curve_where_replications_do_not_tell_how_they_differ(values):
    found = [measure(n, latency_p99=one) for n, one in enumerate(values)]
    assert curve(SLOW, found, LOOKS) is None


def test_there_is_none_for_a_guarantee_that_nothing_put_to_the_test():
    nothing = [measure(n, verdicts={"fifo": Verdict(0)}) for n in range(3)]
    assert curve(Gate(guarantee="fifo"), nothing, LOOKS) is None


def test_where_nothing_was_lost_a_burst_is_as_large_as_a_cause_can_make_it():
    def found(largest):
        rows = facts_made.rows([0] * 8, 6000, largest)
        made = [
            measure(n, **one["metrics"]) | {"facts": one["facts"]} for n, one in enumerate(rows)
        ]
        return curve(LOST, made, LOOKS).points[2].fails

    assert found(10) > 0.95
    assert found(3000) < 0.5
