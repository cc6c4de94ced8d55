"""Words from states, and the search for where a word changes."""

import pytest

from sim.claims.spec import CONDITIONAL, DEMONSTRATED, REFUTED, TOO_FEW, BoundarySpec
from sim.claims.verdicts import level, over_choices, search, verdict


@pytest.mark.parametrize(
    ("states", "word"),
    [
        (["holds"], DEMONSTRATED),
        (["holds", "holds"], DEMONSTRATED),
        (["holds", "fails"], REFUTED),
        (["open", "fails"], REFUTED),
        (["holds", "open"], TOO_FEW),
        (["open"], TOO_FEW),
        ([], TOO_FEW),
    ],
)
def test_one_failure_refutes_and_all_have_to_hold(states, word):
    assert verdict(states) == word


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ([DEMONSTRATED, REFUTED], CONDITIONAL),
        ([REFUTED, REFUTED], REFUTED),
        ([DEMONSTRATED, DEMONSTRATED], DEMONSTRATED),
        ([DEMONSTRATED, TOO_FEW, REFUTED], TOO_FEW),
    ],
)
def test_a_claim_that_depends_on_a_choice_is_conditional(words, word):
    assert over_choices(words) == word


def test_every_interval_has_its_share_of_the_error():
    assert level(1, 1) == pytest.approx(0.95)
    assert level(2, 5) == pytest.approx(0.995)


def spec(low=1.0, high=100.0, **how):
    given = {"key": "people.count", "between": (low, high), "says": "people", "steps": 8, **how}
    return BoundarySpec.model_validate(given)


def world(truth, unsure=0.0, below=DEMONSTRATED, above=REFUTED):
    """A verdict that changes at `truth`, and is not told nearer to it than `unsure`."""

    def at(value):
        if abs(value - truth) < unsure:
            return TOO_FEW
        return below if value < truth else above

    return at


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("truth", [1.7, 20.0, 61.3, 99.0])
def test_the_boundary_is_enclosed(truth, scale):
    found = search(spec(scale=scale), world(truth))
    assert found.verdict == CONDITIONAL
    assert found.low < truth <= found.high
    assert found.high - found.low < 2.0
    assert (found.below, found.above) == (DEMONSTRATED, REFUTED)


@pytest.mark.parametrize("truth", [8.0, 20.0, 61.3])
def test_what_cannot_be_told_near_it_stays_between(truth):
    found = search(spec(scale="linear", steps=12), world(truth, 5.0))
    assert found.verdict == CONDITIONAL
    assert found.low <= truth - 5.0 < truth + 5.0 <= found.high
    assert found.high - found.low < 14.0
    assert [value for value, _ in found.looked] == sorted(value for value, _ in found.looked)


def test_it_may_be_true_above():
    found = search(spec(), world(30.0, below=REFUTED, above=DEMONSTRATED))
    assert (found.below, found.above) == (REFUTED, DEMONSTRATED)
    assert found.low < 30.0 <= found.high


@pytest.mark.parametrize("word", [DEMONSTRATED, REFUTED])
def test_without_a_change_it_is_the_verdict_of_the_whole_range(word):
    looked = []
    found = search(spec(), lambda value: looked.append(value) or word)
    assert (found.verdict, looked) == (word, [1.0, 100.0])


def test_an_end_that_cannot_be_told_makes_runs_too_few():
    assert search(spec(), world(99.0, 5.0)).verdict == TOO_FEW
    assert search(spec(), lambda value: TOO_FEW).verdict == TOO_FEW


def test_whole_numbers_end_when_none_is_between():
    asked = []
    at = world(13)
    found = search(spec(whole=True, steps=12), lambda value: asked.append(value) or at(value))
    assert (found.low, found.high) == (12, 13)
    assert all(value == int(value) for value in asked)
    assert len(asked) == len(set(asked))


def test_no_steps_give_the_ends():
    found = search(spec(steps=0), world(20.0))
    assert (found.verdict, found.low, found.high) == (CONDITIONAL, 1.0, 100.0)
