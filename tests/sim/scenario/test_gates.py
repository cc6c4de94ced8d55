"""`[[guarantees]]`: what can be promised, and what is said of a promise that makes no sense."""

from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from sim.guarantees import GUARANTEES
from sim.scenario.gates import (
    EVIDENCE,
    Gate,
    claimed,
    every,
    key,
    kind_of,
    problems,
)


@dataclass(frozen=True)
class Claiming:
    name: str
    claims: tuple[str, ...]


def test_a_guarantee_is_safety_or_liveness_as_the_guarantee_is():
    gate = Gate(guarantee="no-loss-after-ok")
    assert (gate.title, gate.kind, gate.facts) == ("no-loss-after-ok", "safety", EVIDENCE)
    assert gate.statement == GUARANTEES["no-loss-after-ok"].statement
    slow = Gate(guarantee="bounded-recovery", within_s=5, evidence=10)
    assert (slow.title, slow.kind, slow.facts) == ("bounded-recovery within 5 s", "liveness", 10)


def test_a_metric_has_its_limit_and_confidence_in_the_title():
    rate = Gate(metric="loss_told", below=1e-4, confidence=0.99)
    assert (rate.title, rate.kind, rate.limit) == ("loss_told < 0.0001 at 99 %", "safety", 1e-4)
    time = Gate(metric="latency_p99", below_s=2)
    assert (time.title, time.kind, time.sure) == ("latency_p99 < 2 s at 95 %", "liveness", 0.95)


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("loss_told", "safety"),
        ("duplicates_visible", "safety"),
        ("bytes_per_delivery", "safety"),
        ("gap_p99", "liveness"),
        ("late_1s", "liveness"),
        ("undelivered", "liveness"),
    ],
)
def test_what_comes_late_is_liveness(metric, kind):
    assert kind_of(metric) == kind


def test_the_evidence_is_what_shows_one_in_a_hundred():
    assert 0.99**EVIDENCE < 0.05 < 0.99 ** (EVIDENCE - 1)


@pytest.mark.parametrize(
    ("given", "at", "words"),
    [
        ({}, "guarantee", "either guarantee or metric"),
        ({"guarantee": "fifo", "metric": "loss_told", "below": 1}, "guarantee", "one of them"),
        ({"guarantee": "fifo", "below": 0.1}, "below", "no promise about a guarantee"),
        ({"guarantee": "fifo", "confidence": 0.9}, "confidence", "no promise about a guarantee"),
        ({"guarantee": "fifo", "within_s": 3}, "within_s", "allowed for: dedup-window"),
        ({"metric": "loss_told", "below": 0.1, "evidence": 3}, "evidence", "about a metric"),
        ({"metric": "loss_told", "below_s": 0.1}, "below_s", "is in share; allowed: below"),
        ({"metric": "latency_p99", "below": 0.1}, "below", "is in s; allowed: below_s"),
        ({"metric": "latency_p99"}, "below_s", "missing; allowed: a limit in s"),
        ({"metric": "backplane_per_message", "below": 1}, "", ""),
    ],
)
def test_what_does_not_fit_together_is_said_at_its_key(given, at, words):
    found = list(problems(Gate(**given)))
    assert [where for where, _ in found] == [at] * bool(at)
    assert all(words in text for _, text in found)


@pytest.mark.parametrize("confidence", [0.5, 1.0])
def test_confidence_is_more_than_a_coin_and_less_than_certainty(confidence):
    with pytest.raises(ValidationError):
        Gate(metric="loss_told", below=0.1, confidence=confidence)


@pytest.mark.parametrize("given", [{"guarantee": "fif"}, {"metric": "los"}])
def test_unknown_names_are_refused(given):
    with pytest.raises(ValidationError, match="unknown name"):
        Gate(**given)


def test_a_promise_binds_all_designs_or_those_it_names():
    assert Gate(guarantee="fifo").binds("anything")
    gate = Gate(guarantee="fifo", designs=("hybrid",))
    assert (gate.binds("hybrid"), gate.binds("long-poll")) == (True, False)


def test_claims_of_designs_become_promises():
    gates = claimed([Claiming("a", ("fifo", "exactly-once")), Claiming("b", ("fifo",))])
    assert {gate.title: gate.designs for gate in gates} == {
        "fifo": ("a", "b"),
        "exactly-once": ("a",),
    }
    assert claimed([Claiming("a", ())]) == ()
    with pytest.raises(ValueError, match="design 'a' claims 'peace'; allowed: at-most-once"):
        claimed([Claiming("a", ("peace",))])


def test_every_guarantee_can_be_promised():
    assert [gate.title for gate in every()] == list(GUARANTEES)


def test_the_default_bound_goes_without_saying():
    assert key("bounded-recovery", 60.0) == key("bounded-recovery", None) == "bounded-recovery"
