"""Checkers agree with oracles that take their sentences literally, on small histories of any kind.

Every checker sees thousands of them by seed; of fewer, a failure is made smaller.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.guarantees import GUARANTEES, Evidence, happened
from sim.history import History
from tests.properties import oracles
from tests.properties.oracles import Plain
from tests.properties.tiny import tiny

WHOLE = settings(max_examples=60, deadline=None, derandomize=True)
HISTORIES = st.builds(tiny, st.randoms(use_true_random=False))
OF_MESSAGES = (
    "at-most-once", "at-least-once", "exactly-once", "no-loss-after-ok", "failed-means-absent",
    "fifo", "total-order", "causal-order", "isolation", "dedup-window", "bounded-staleness",
    "eventual-delivery",
)  # fmt: skip
OF_PAIRS = ("read-your-writes", "monotonic-reads")
BY_SEED, AT_LEAST = 2_000, 0.02
RECOVERED_S = 5.0  # histories are too short for the default


def agrees(name: str, evidence: Evidence, of: Plain) -> str:
    """The state of a verdict, once the oracle says the same. Raises `AssertionError`."""
    if name == "bounded-recovery":
        return _gaps_agree(evidence, of)
    expected = getattr(oracles, name.replace("-", "_"))(of)
    verdict = GUARANTEES[name].on(evidence)
    assert (verdict.state == "violated") == bool(expected)
    if verdict.witness is None:
        assert not expected
    elif name in OF_PAIRS:
        assert (verdict.witness.others[-1], verdict.witness.message) in expected
        assert 1 <= verdict.violations <= len(expected)
    else:
        assert verdict.violations == len(expected) <= verdict.checked
        assert verdict.witness.message in expected
    return verdict.state


def _gaps_agree(evidence: Evidence, of: Plain) -> str:
    verdict = GUARANTEES["bounded-recovery"].on(evidence, RECOVERED_S)
    expected = oracles.bounded_recovery(of, RECOVERED_S)
    assert (verdict.checked, verdict.violations) == (len(expected), sum(expected))
    return verdict.state


@pytest.mark.parametrize("name", GUARANTEES)
@WHOLE
@given(of=HISTORIES)
def test_a_checker_finds_what_its_sentence_says(name: str, of: History) -> None:
    agrees(name, Evidence(of), Plain(of))


def test_every_checker_agrees_on_thousands_of_histories() -> None:
    states: Counter[tuple[str, str]] = Counter()
    for seed in range(BY_SEED):
        of = tiny(Random(seed))
        evidence, plain = Evidence(of), Plain(of)
        for name in GUARANTEES:
            try:
                states[name, agrees(name, evidence, plain)] += 1
            except AssertionError as error:
                raise AssertionError(f"{name}, seed {seed}") from error
    rare = [name for name in GUARANTEES if states[name, "violated"] < AT_LEAST * BY_SEED]
    assert not rare, "few histories break these: they are hardly put to the test"


@pytest.mark.parametrize("at_once", [1, 2])
def test_causal_order_does_not_hang_on_how_many_are_looked_for_together(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happened, "AT_ONCE", at_once)
    for seed in range(500):
        of = tiny(Random(seed))
        agrees("causal-order", Evidence(of), Plain(of))


def test_every_guarantee_has_an_oracle() -> None:
    assert {*OF_MESSAGES, *OF_PAIRS, "bounded-recovery"} == set(GUARANTEES)
