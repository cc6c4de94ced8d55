"""Looks: a quarter more replications each time, up to the budget."""

import pytest

from sim.experiment.gates.looks import next_look, schedule


@pytest.mark.parametrize(
    ("first", "budget", "looks"),
    [
        (8, 20, (8, 10, 12, 15, 18, 20)),
        (10, 10, (10,)),
        (10, 4, (4,)),
        (1, 4, (1, 2, 3, 4)),
    ],
)
def test_looks_grow_up_to_the_budget(first, budget, looks):
    assert schedule(first, budget) == looks
    assert next_look(budget, budget) == budget


@pytest.mark.parametrize(("first", "budget"), [(0, 5), (5, 0)])
def test_nothing_to_look_at_is_refused(first, budget):
    with pytest.raises(ValueError, match="allowed: from 1"):
        next_look(first, budget)
