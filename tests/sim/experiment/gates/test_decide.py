"""Pass, fail, unknown: each reached from each side, and unknown never by mistake a pass."""

import pytest

from sim.experiment.gates.decide import decide, pooled, violated
from sim.guarantees import Verdict
from sim.numbers import written
from sim.scenario.gates import Gate
from tests.sim.experiment.gates import made
from tests.sim.experiment.gates.made import WITNESS, measure

FIFO = Gate(guarantee="fifo")
RATE = Gate(metric="loss_told", below=1e-3, confidence=0.99)
TIME = Gate(metric="latency_p99", below_s=1.0)


def replications(*verdicts):
    return [measure(n, verdicts={"fifo": one}) for n, one in enumerate(verdicts)]


def test_a_guarantee_passes_on_enough_evidence():
    found = decide(FIFO, replications(Verdict(200), Verdict(99)), 0.05)
    assert (found.state, found.open) == ("pass", False)
    assert found.found == "none violated in 299 neighbouring messages"


def test_too_little_evidence_is_unknown_and_more_would_help():
    found = decide(FIFO, replications(Verdict(200), Verdict(98)), 0.05)
    assert (found.state, found.open) == ("unknown", True)
    assert found.found == "none violated in 298 neighbouring messages; 299 are wanted"
    nothing = decide(FIFO, replications(Verdict.unknown("nobody spoke")), 0.05)
    assert (nothing.state, nothing.open, nothing.found) == ("unknown", True, "nobody spoke")


def test_one_violation_fails_with_the_first_replication_and_its_witness():
    rows = replications(Verdict(500), made.violated(2), made.violated(3))
    found = decide(FIFO, rows, 0.05)
    assert (found.state, found.replication, found.witness) == ("fail", 1, WITNESS)
    assert found.found == "5 of 2,500 neighbouring messages violate it, in 2 of 3 replications"
    assert violated("fifo", rows) == (1, WITNESS)
    assert violated("fifo", rows[:1]) is None


def test_doubt_is_unknown_and_more_replications_would_not_help():
    held = Verdict(5000, undecided=2, reason="were still under way")
    found = decide(FIFO, replications(Verdict(500), held), 0.05)
    assert (found.state, found.open) == ("unknown", False)
    assert found.found == "2 neighbouring messages were still under way"


def test_a_replication_without_evidence_is_made_up_for_by_others():
    rows = replications(Verdict(500), Verdict.unknown("nobody spoke"))
    assert decide(FIFO, rows, 0.05).state == "pass"
    assert pooled("fifo", rows).checked == 500


@pytest.mark.parametrize(
    ("hits", "trials", "state"),
    [
        (0, 40_000, "unknown"),  # five replications say that at most 65 % lose anything
        (40, 400_000, "pass"),
        (40, 40_000, "unknown"),
        (400, 40_000, "fail"),
        (40, 400, "fail"),
    ],
)
def test_a_rate_is_decided_by_the_far_end_of_its_interval(hits, trials, state):
    rows = [measure(n, messages=trials // 4, loss_told=[hits, trials]) for n in range(5)]
    found = decide(RATE, rows, error=0.01)
    assert (found.state, found.open) == (state, state == "unknown")
    assert found.found.startswith(f"measured {written(100 * hits / trials)} %, ")


def test_no_loss_in_too_few_replications_is_unknown_and_says_how_many_would_do():
    rows = [measure(n, loss_told=[0, 4000]) for n in range(10)]
    found = decide(RATE, rows, error=0.01)
    assert found.state == "unknown"
    assert found.found == (
        "measured 0 %, may be 0 % to 41.1 %; none in 40,000; it would take about 5,296 replications"
    )
    assert 1 - 0.005 ** (1 / 5296) < RATE.limit < 1 - 0.005 ** (1 / 5295)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((0.5, 0.6, 0.55, 0.52), "pass"),
        ((0.9, 1.1, 0.8, 0.95), "unknown"),
        ((1.5, 1.6, 1.7, 1.4), "fail"),
    ],
)
def test_a_time_is_decided_by_the_far_end_of_its_interval(values, state):
    rows = [measure(n, latency_p99=value) for n, value in enumerate(values)]
    found = decide(TIME, rows, error=0.05)
    assert found.state == state
    assert " s" in found.found


def test_a_smaller_error_decides_less():
    rows = [measure(n, latency_p99=value) for n, value in enumerate((0.5, 0.7, 0.6, 0.55))]
    assert decide(TIME, rows, error=0.05).state == "pass"
    assert decide(TIME, rows, error=0.000_5).state == "unknown"


def back(*values):
    gate = Gate(metric="back_t95", below_s=30.0)
    return decide(gate, [measure(n, back_t95=one) for n, one in enumerate(values)], error=0.05)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["never"] * 10, "never in 10 of 10 replications"),
        ([12.0, 12.5, "never", 12.2], "never in 1 of 4 replications"),
        (["never"], "never in 1 of 1 replications"),
        (
            ["never", None, 12.0, None],
            "never in 1 of 2 replications; no occasion in 2 of 4 replications",
        ),
    ],
)
def test_what_never_came_fails(values, found):
    assert (back(*values).state, back(*values).found) == ("fail", found)


def test_what_had_no_occasion_is_unknown_and_where_some_had_none_it_is_said():
    nothing = back(None, None, None)
    assert (nothing.state, nothing.open) == ("unknown", False)
    assert nothing.found == "no occasion in any of 3 replications"
    some = back(12.0, None, 12.5, 12.2, None)
    assert some.state == "pass"
    assert some.found.endswith(" s; no occasion in 2 of 5 replications")


def test_two_replications_decide_nothing():
    found = back(12.0, 12.1)
    assert (found.state, found.open) == ("unknown", True)
    assert found.found == "2 of 3 replications that it takes to tell"


def test_what_was_not_measured_is_unknown():
    rows = [measure(n, back_t95=12.0) for n in range(4)]
    del rows[3]["metrics"]["back_t95"]
    found = decide(Gate(metric="back_t95", below_s=30.0), rows, error=0.05)
    assert (found.state, found.found) == ("unknown", "not measured in 1 of 4 replications")
