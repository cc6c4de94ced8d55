"""Pass, fail, unknown: each reached from each side, and unknown never by mistake a pass."""

import pytest

from sim.experiment.gates.decide import decide, pooled, violated
from sim.experiment.gates.spec import Gate
from sim.guarantees import Verdict
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
        (0, 40_000, "pass"),  # 50,000 messages: at most 9e-5
        (0, 400, "unknown"),  # 500 messages: at most 0.9 %
        (4, 40_000, "pass"),
        (40, 40_000, "unknown"),
        (400, 40_000, "fail"),
        (4, 400, "fail"),
    ],
)
def test_a_rate_is_decided_by_the_far_end_of_its_interval(hits, trials, state):
    rows = [measure(n, messages=trials // 4, loss_told=[hits, trials]) for n in range(5)]
    found = decide(RATE, rows, error=0.01)
    assert (found.state, found.open) == (state, state == "unknown")
    assert found.found.startswith(f"measured {hits / trials:.3g}, ")


def test_no_loss_in_too_few_messages_is_unknown():
    rows = [measure(n, messages=30, loss_told=[0, 120]) for n in range(10)]
    found = decide(RATE, rows, error=0.01)
    assert found.state == "unknown"
    assert found.found == "measured 0, 0 to 0.0152"


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
    rows = [measure(n, latency_p99=value) for n, value in enumerate((0.5, 0.9, 0.7, 0.6))]
    assert decide(TIME, rows, error=0.05).state == "pass"
    assert decide(TIME, rows, error=0.000_5).state == "unknown"


def test_a_figure_that_does_not_apply_is_unknown_for_good():
    rows = [measure(n, latency_p99=None if n else 0.1) for n in range(4)]
    found = decide(TIME, rows, error=0.05)
    assert (found.state, found.open) == ("unknown", False)
    assert decide(TIME, [measure(0, latency_p99=0.1)], error=0.05).open
