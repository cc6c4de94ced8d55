"""What is asked is checked as a whole: every mistake at once, with what is allowed."""

import pytest

from sim.errors import InputError
from sim.plans.question import Limits, Question, Way, ways


def test_every_mistake_is_told_at_once():
    limits = Limits(recovery=0.0, cpu=2.0, loss=-1.0)
    with pytest.raises(InputError) as error:
        Question(clients=1, zones=1, how="burns", limits=limits, ways=(Way("x", 0.0),),
                 most_nodes=5_000, runs=2, people=3, price=-1.0, spread="anycast")  # fmt: skip
    said = "\n".join(error.value.messages)
    for key in ("zones = 1; allowed: 2 to", "clients = 1", "most_nodes = 5,000", "runs = 2", "how",
                "people = 3", "price = -1", "spread", "admission = 0", "recovery = 0", "cpu = 2",
                "loss = -1"):  # fmt: skip
        assert key in said
    assert len(error.value.messages) == 12


def test_no_way_to_come_back_is_a_mistake():
    with pytest.raises(InputError, match="ways: none"):
        Question(ways=())


def test_zones_have_as_many_nodes_each():
    assert [*Question(zones=4, most_nodes=14, people=80).numbers_of_nodes] == [4, 8, 12]


def test_each_pair_is_tried_once():
    found = ways(("shipped", "shipped", "full-jitter:60"), (None, 200.0))
    assert [one.slug for one in found] == [
        "shipped-any", "shipped-200-a-s", "full-jitter-to-60-any", "full-jitter-to-60-200-a-s",
    ]  # fmt: skip
