"""Who has an outage made, and what it stands for."""

from math import sqrt
from typing import Any

import numpy as np
import pytest

from sim.experiment.rare.forced import Forced, Forcing
from sim.network.outages import Outages
from sim.network.spec import NetworkSpec
from sim.streams import Streams

HORIZON_S, PEOPLE = 100.0, 6_000
UP_S, DOWN_S = 400.0, 20.0
RENEWAL = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": UP_S},
    "down": {"kind": "exponential", "mean_s": DOWN_S},
}


def network(outages: dict[str, Any]) -> NetworkSpec:
    return NetworkSpec.model_validate({"share": 1.0, "profile": "4g", "outages": outages})


def forced(share: float, longest_of: int = 1) -> tuple[dict[int, Outages], dict[int, Forced]]:
    forcing = Forcing(HORIZON_S, share, longest_of)
    streams, on = Streams(3, 0), network(RENEWAL)
    found = {person: forcing(on, streams, person) for person in range(PEOPLE)}
    return {who: one for who, one in found.items() if one is not None}, forcing.made


@pytest.mark.parametrize("longest_of", [1, 32])
def test_the_time_down_is_what_the_outages_that_were_made_stand_for(longest_of: int) -> None:
    """Each outage costs a link its length: together, the share of time down of all links."""
    _, made = forced(0.5, longest_of)
    cost = np.zeros(PEOPLE)
    for person, one in made.items():
        cost[person] = one.stands_for * one.lasts_s / HORIZON_S
    expected = DOWN_S / (UP_S + DOWN_S)
    assert abs(cost.mean() - expected) <= 4.5 * cost.std() / sqrt(PEOPLE)


def test_the_chance_of_a_long_outage_is_known_from_few() -> None:
    _, made = forced(0.5, longest_of=32)
    long_s = DOWN_S * np.log(50)
    value = np.zeros(PEOPLE)
    for person, one in made.items():
        value[person] = one.stands_for * (one.lasts_s > long_s) * (one.start_s < 10.0)
    expected = 10.0 / (UP_S + DOWN_S) / 50 + DOWN_S / (UP_S + DOWN_S) / 50
    assert abs(value.mean() - expected) <= 4.5 * value.std() / sqrt(PEOPLE)


def test_so_many_are_chosen_and_each_by_name() -> None:
    outages, made = forced(0.2)
    assert outages.keys() == made.keys()
    assert abs(len(made) / PEOPLE - 0.2) < 4.5 * sqrt(0.16 / PEOPLE)
    alone = Forcing(HORIZON_S, 0.2, 1)
    someone = max(made)
    assert alone(network(RENEWAL), Streams(3, 0), someone) == outages[someone]


def test_links_without_a_known_rate_are_left_alone() -> None:
    forcing = Forcing(HORIZON_S, 1.0)
    listed = network({"kind": "list", "intervals": [[1.0, 2.0]]})
    assert forcing(listed, Streams(1, 0), 0) is None
    assert not forcing.made
