"""Regressions: found when they are real, unknown when they could not have been seen."""

import numpy as np
import pytest
import small

from sim.experiment.gates.baseline import made
from sim.experiment.gates.regress import compared
from sim.experiment.gates.tolerance import tolerances
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


def alike(found):
    """The same runs, replication by replication: equal histories."""
    return {"mine": [one | {"digest": f"{n}"} for n, one in enumerate(found["mine"])]}


def test_the_same_run_again_has_nothing_worse():
    before, again = (alike(runs(loss_pressed=[0, 4000])) for _ in range(2))
    found = states(before, again)
    assert {one.state for one in found.values()} == {"pass"}
    assert found[LATENCY].found == "0.201 s; every replication is that of the baseline"
    shorter = {"mine": again["mine"][:4]}
    assert states(before, shorter)[LATENCY].state == "pass"


def test_another_run_without_losses_is_no_proof_that_there_are_none():
    found = states(runs(loss_pressed=[0, 4000]), runs(loss_pressed=[0, 4000]))
    loss = found["loss_pressed no worse than the baseline"]
    assert loss.state == "unknown"
    assert loss.found.startswith(
        "0 % in the baseline, 0 % now; may be 30.8 percentage points worse,"
    )


LOSS = "loss_pressed no worse than the baseline"


@pytest.mark.parametrize("count", [3, 10])
@pytest.mark.parametrize("texts", [[], ["loss_pressed=0.001"], ["5%"]])
def test_no_loss_then_and_five_in_a_hundred_now_never_passes(count, texts):
    def lost(*hits):
        return {"mine": [measure(n, loss_pressed=[hits[n % 3], 4000]) for n in range(count)]}

    found = states(lost(0, 0, 0), lost(210, 230, 219), allowed=tolerances({}, texts))[LOSS]
    assert found.state == "fail"
    assert found.found.startswith("0 % in the baseline, 5.4")
    seldom = states(lost(0, 0, 0), lost(659, 0, 0), allowed=tolerances({}, texts))[LOSS]
    assert seldom.state != "pass"


def test_a_far_end_within_the_tolerance_passes_and_says_so():
    found = states(
        {"mine": [measure(n, loss_pressed=[100 + n, 4000]) for n in range(8)]},
        {"mine": [measure(n, loss_pressed=[101 + n, 4000]) for n in (1, 0, 3, 2, 5, 4, 7, 6)]},
        allowed=tolerances({}, ["loss_pressed=0.01"]),
    )[LOSS]
    assert found.state == "pass"
    assert found.found.startswith("2.59 % in the baseline, 2.61 % now; at most 0.0")
    assert found.found.endswith(" percentage points worse, 1.00 percentage points allowed")


def test_three_replications_that_differ_in_nothing_to_speak_of_are_unknown():
    def rows(*values):
        return {"mine": [measure(n, latency_p50=one) for n, one in enumerate(values)]}

    found = states(rows(0.1, 0.2, 0.3), rows(0.2, 0.1, 0.3))[LATENCY]
    assert (found.state, found.open) == ("unknown", True)
    assert "replications" in found.found


def test_what_never_comes_any_more_fails_and_what_came_seldom_is_no_pass():
    def rows(*values):
        return {"mine": [measure(n, back_t95=one) for n, one in enumerate(values)]}

    title = "back_t95 no worse than the baseline"
    calm = [12.0 + n / 10 for n in range(10)]
    found = states(rows(*calm), rows(*["never"] * 10))[title]
    assert found.state == "fail"
    assert found.found.endswith("and in 10 of 10 replications now; worse in most")
    assert states(rows(*calm), rows(*calm[:9], "never"))[title].state == "unknown"
    assert states(rows(*["never"] * 10), rows(*calm))[title].state == "pass"


def test_what_the_baseline_never_measured_is_unknown():
    kept = made(small.scenario(), runs())
    del kept["designs"]["mine"]["metrics"]["latency_p50"]
    found = {one.title: one.decision for one in compared(kept, runs())}[LATENCY]
    assert (found.state, found.found) == ("unknown", "not measured in the baseline")


def test_a_small_shift_in_every_replication_is_found_although_replications_differ_more():
    found = states(runs(), runs(shift=0.05))[LATENCY]
    assert found.state == "fail"
    assert found.found == (
        "0.201 s in the baseline, 0.251 s now; at least 0.0500 s worse, 0.0100 s allowed"
    )


def test_better_is_no_regression():
    assert states(runs(), runs(shift=-0.1))[LATENCY].state == "pass"


def test_chance_is_no_regression():
    now = {"mine": runs()["mine"][1:] + runs()["mine"][:1]}
    now = {"mine": [one | {"replication": n} for n, one in enumerate(now["mine"])]}
    assert states(runs(), now)[LATENCY].state == "unknown"  # 1 % could not have been seen
    wide = tolerances({}, ["latency_p50=0.1"])
    assert states(runs(), now, allowed=wide)[LATENCY].state == "pass"


def test_the_tolerance_is_a_share_of_the_figure():
    grown = runs(scale=1.02)
    assert states(runs(), grown, allowed=tolerances({}, ["1%"]))[LATENCY].state == "fail"
    assert states(runs(), grown, allowed=tolerances({}, ["5%"]))[LATENCY].state == "pass"


def test_what_is_missing_now_is_unknown():
    now = runs()
    now["mine"][3]["metrics"]["latency_p50"] = None
    found = states(runs(), now)[LATENCY]
    assert found.state == "unknown"
    assert found.found == "an occasion both then and now in only 9 of 10 replications"


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
        found = compared(kept, rows(luck[1]), allowed=tolerances({}, ["0"]))
        alarms += any(one.decision.state == "fail" for one in found)
    assert alarms <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5
