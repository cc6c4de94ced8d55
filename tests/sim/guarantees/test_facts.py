"""Facts: a message is one of them however many readers it has; the truth may be clustered."""

import numpy as np
import pytest
from scipy.stats import binom

from sim.guarantees import GUARANTEES
from sim.guarantees.facts import Facts, matched
from sim.history import TABLES, History
from tests.sim.metrics.histories import META

READERS, FAILS, EVIDENCE = 50, 0.01, 299


def test_a_message_is_one_fact_whatever_is_said_of_it():
    facts = Facts.of(6, np.array([0, 0, 1, 2, 3]), np.array([1, 4]), np.array([1, 2]))
    verdict = facts.verdict(lambda: None, untested="")
    assert (verdict.checked, verdict.violations, verdict.undecided) == (4, 2, 1)


def test_both_are_put_to_the_test_or_one_is_broken():
    one, other = (
        Facts.of(4, np.array([0, 1]), np.array([2])),
        Facts.of(4, np.array([1]), np.array([3])),
    )
    verdict = one.both(other).verdict(lambda: None, untested="")
    assert (verdict.checked, verdict.violations) == (3, 2)


@pytest.mark.parametrize(
    ("pairs", "count"),
    [
        ([], 0),
        ([(0, 7), (0, 8), (0, 9)], 1),  # one answer holds them all
        ([(0, 7), (1, 7), (2, 7)], 1),  # all answers hold the one
        ([(0, 7), (0, 8), (1, 7)], 2),
    ],
)
def test_an_answer_and_a_message_make_one_fact_together(pairs, count):
    answers, messages = np.array(pairs, dtype=int).reshape(-1, 2).T
    assert matched(answers, messages) == count


def crowded(rng, anomaly, count):
    """A room of fifty readers; one message in a hundred fails, for all of them."""
    sent_s, bad = 12.0 + np.arange(count), rng.random(count) < FAILS
    rows = {"message": np.repeat(np.arange(count), READERS)}
    rows["person"] = np.tile(np.arange(1, READERS + 1), count)
    rows["time_s"] = sent_s[rows["message"]] + 0.5
    rows = anomaly(rows, bad[rows["message"]])
    rows |= {name: np.ones(len(rows["message"])) for name in ("via", "visible")}
    life = ("sent_s", "accepted_s", "told_s")
    messages = {name: np.zeros(count) for name in TABLES["messages"]}
    messages |= {"time_s": sent_s, "action": np.ones(count), "failed_s": np.full(count, np.nan)}
    messages |= dict.fromkeys(life, sent_s + 0.1)
    everyone = np.arange(READERS + 1)
    zero, end = np.zeros(READERS + 1), np.full(READERS + 1, 2100.0)
    return History.of(
        {
            "messages": messages,
            "deliveries": rows,
            "members": {"conversation": zero, "person": everyone},
            "sessions": {"person": everyone, "start_s": zero, "end_s": end},
        },
        META | {"people": READERS + 1, "measure_s": 2000.0, "end_s": 2100.0},
    )


def lost(rows, bad):
    return {name: column[~bad] for name, column in rows.items()}


def repeated(rows, bad):
    return {name: np.concatenate([column, column[bad]]) for name, column in rows.items()}


def swapped(rows, bad):
    return rows | {"time_s": rows["time_s"] + 1.2 * bad}


CLUSTERED = [
    ("at-least-once", lost), ("exactly-once", repeated), ("fifo", swapped),
    ("bounded-staleness", lost),
]  # fmt: skip


@pytest.mark.parametrize(("name", "anomaly"), CLUSTERED)
def test_a_room_full_of_readers_does_not_make_bad_luck_evidence(name, anomaly):
    """A design that breaks its promise in one message of a hundred passes a gate of 299 facts in
    at most one run of twenty; were receptions counted, seven messages would do."""
    rng = np.random.default_rng(7)
    runs, passed = 60, 0
    for _ in range(runs):
        checked = violations = 0
        while checked < EVIDENCE and not violations:
            verdict = GUARANTEES[name].check(crowded(rng, anomaly, 60))
            checked, violations = checked + verdict.checked, violations + verdict.violations
        passed += not violations
    assert passed <= binom.ppf(0.999, runs, (1 - FAILS) ** EVIDENCE)


@pytest.mark.parametrize("name", [one for one in GUARANTEES if one != "bounded-recovery"])
def test_no_promise_has_more_facts_than_there_are_messages(name):
    of = crowded(np.random.default_rng(7), lost, 30)
    assert GUARANTEES[name].check(of).checked <= 30
