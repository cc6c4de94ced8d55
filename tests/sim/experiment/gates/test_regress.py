"""Regressions: found when they are real, and only then."""

import numpy as np
import pytest
import small

from sim.experiment.gates.baseline import made
from sim.experiment.gates.regress import compared
from sim.guarantees import Verdict
from tests.sim.experiment.gates import made as written
from tests.sim.experiment.gates.made import WITNESS, measure

LUCK = np.random.default_rng(5).normal(0.0, 0.02, 10)


def runs(shift=0.0, scale=1.0, *, verdicts=None, **metrics):
    return {
        "mine": [
            measure(n, verdicts=verdicts, latency_p50=(0.2 + luck) * scale + shift, **metrics)
            for n, luck in enumerate(LUCK.tolist())
        ]
    }


def states(before, now, **options):
    kept = made(small.scenario(), before)
    return {one.title: one.decision for one in compared(kept, now, **options)}


LATENCY = "latency_p50 no worse than the baseline"


def test_the_same_run_again_has_nothing_worse():
    found = states(runs(loss_pressed=[3, 4000]), runs(loss_pressed=[3, 4000]))
    assert {one.state for one in found.values()} == {"pass"}
    assert found[LATENCY].found == "0.2007 in the baseline, 0.2007 now"


def test_a_small_shift_in_every_replication_is_found_although_replications_differ_more():
    found = states(runs(), runs(shift=0.01))[LATENCY]
    assert found.state == "fail"
    assert "worse, corrected p = " in found.found


def test_better_is_no_regression():
    assert states(runs(), runs(shift=-0.1))[LATENCY].state == "pass"


def test_chance_is_no_regression():
    now = {"mine": runs()["mine"][1:] + runs()["mine"][:1]}
    now = {"mine": [one | {"replication": n} for n, one in enumerate(now["mine"])]}
    assert states(runs(), now)[LATENCY].state == "pass"


def test_the_tolerance_is_a_share_of_the_figure():
    grown = runs(scale=1.02)
    assert states(runs(), grown, tolerance=0.01)[LATENCY].state == "fail"
    assert states(runs(), grown, tolerance=0.05)[LATENCY].state == "pass"


def test_what_is_missing_now_is_unknown():
    now = runs()
    now["mine"][3]["metrics"]["latency_p50"] = None
    found = states(runs(), now)[LATENCY]
    assert found.state == "unknown"
    assert found.found == "defined both then and now in only 9 of 10 replications"


def test_what_never_applied_is_left_out():
    assert "loss_pressed no worse than the baseline" not in states(runs(), runs())


def test_a_guarantee_that_held_is_missed_when_it_is_violated():
    now = runs(verdicts={"fifo": written.violated()})
    found = states(runs(), now)["fifo still holds"]
    assert (found.state, found.replication, found.witness) == ("fail", 0, WITNESS)
    assert found.found == "none violated in 10,000 neighbouring messages in the baseline, 10 now"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(9, undecided=2, reason="were held"), "20 neighbouring messages were held"),
        (Verdict.unknown("nobody spoke"), "nobody spoke"),
    ],
)
def test_a_guarantee_that_held_and_is_unknown_now_is_unknown(verdict, words):
    found = states(runs(), runs(verdicts={"fifo": verdict}))["fifo still holds"]
    assert (found.state, found.found) == ("unknown", words)


def test_what_did_not_hold_before_is_not_asked_for():
    before = runs(verdicts={"fifo": written.violated()})
    assert "fifo still holds" not in states(before, runs(verdicts={"fifo": written.violated()}))


def test_false_alarms_are_as_rare_as_promised():
    """Ten figures of one check, none of them worse, in 400 checks: at most 5 % alarm."""
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(400):
        luck = rng.normal(1.0, 0.1, (2, 9, 8))

        def rows(values):
            names = ("latency_p50", "latency_p99", "gap_mean", "back_t95", "bytes_per_delivery")
            return {
                design: [
                    measure(n, **dict(zip(names, row, strict=False)))
                    for n, row in enumerate(part.T)
                ]
                for design, part in zip("ab", np.array_split(values, 2), strict=True)
            }

        kept = made(small.scenario(), rows(luck[0]))
        found = compared(kept, rows(luck[1]), tolerance=0.0)
        alarms += any(one.decision.state == "fail" for one in found)
    assert alarms <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5
