"""The arithmetic of waits is what the policies say; formulas are tested with them."""

import math

import pytest

from models.protocols import waits
from models.protocols.backoff import BACKOFFS, RULES


def test_every_rule_has_a_number_of_its_own():
    numbers = [rule.RULE for rule in RULES.values()]
    assert sorted(numbers) == list(range(len(RULES)))


@pytest.mark.parametrize("name", BACKOFFS)
def test_luck_matters_exactly_where_it_is_drawn(name):
    policy = BACKOFFS[name]
    for attempt in range(5):
        found = {
            waits.wait_s(policy.RULE, policy.numbers, attempt, 2.0, draw)
            for draw in (0.01, 0.45, 0.97)
        }
        lucky = waits.draws(policy.RULE, policy.numbers, attempt)
        assert lucky or len(found) == 1
    assert any(waits.draws(policy.RULE, policy.numbers, n) for n in range(3)) == (
        policy.delay_s(1, 2.0, lambda: 0.1) != policy.delay_s(1, 2.0, lambda: 0.9)
        or policy.delay_s(0, 0.0, lambda: 0.1) != policy.delay_s(0, 0.0, lambda: 0.9)
    )


def test_growth_stops_at_the_cap_and_never_overflows():
    assert waits.grown_s(1.0, 2.0, 3, 30.0) == 8.0
    assert waits.grown_s(1.0, 4.0, 10**6, math.inf) == 4.0**256
