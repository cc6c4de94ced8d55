"""Renewal outages against renewal theory: a stationary link has no first minute.

Closed forms: the share of time down, how many outages there are, how long what is left of a time up
lasts; and the sum over outages of anything, by Campbell's formula, from links seen from one of
theirs. Each is compared inside an interval that the test computes.
"""

from collections.abc import Iterator
from math import exp, sqrt

import numpy as np
import pytest
from scipy.stats import kstest, lognorm

from sim.network.durations import Duration, exponential, fixed, lognormal, uniform
from sim.network.outages import Outages, Seen, expected_outages, renewal, seen_from_one
from sim.streams import Streams

LINKS, HORIZON_S, ERRORS = 4_000, 50.0, 4.5
UP_AND_DOWN = {
    "memoryless": (exponential(40.0), exponential(10.0)),
    "regular": (fixed(30.0), fixed(10.0)),
    "even": (uniform(5.0, 35.0), uniform(0.0, 12.0)),
    "tunnels": (exponential(60.0), lognormal(8.0, 0.8)),
    "bursts of outages": (lognormal(10.0, 1.2), lognormal(4.0, 0.5)),
}
every_kind = pytest.mark.parametrize("kind", UP_AND_DOWN)


def links(kind: str) -> Iterator[Outages]:
    streams = Streams(5, 0)
    for link in range(LINKS):
        yield renewal(*UP_AND_DOWN[kind], HORIZON_S, streams.draws("outages", link))


def seen(kind: str, longest_of: int = 1) -> Iterator[Seen]:
    streams = Streams(6, 0)
    for link in range(LINKS):
        luck = streams.draws("outages", link)
        yield seen_from_one(*UP_AND_DOWN[kind], HORIZON_S, luck, longest_of)


def agree(found: list[float], expected: float, error: float = 0.0) -> bool:
    own = np.std(found, ddof=1) / sqrt(len(found))
    return bool(abs(np.mean(found) - expected) <= ERRORS * sqrt(own**2 + error**2) + 1e-12)


@every_kind
def test_how_many_outages_there_are(kind: str) -> None:
    counts = [float(len(one)) for one in links(kind)]
    assert agree(counts, expected_outages(*UP_AND_DOWN[kind], HORIZON_S))


@every_kind
@pytest.mark.parametrize(("from_s", "until_s"), [(0.0, 5.0), (20.0, 25.0), (45.0, 50.0)])
def test_as_many_begin_in_any_five_seconds(kind: str, from_s: float, until_s: float) -> None:
    up, down = UP_AND_DOWN[kind]
    begun = [
        float(sum(from_s < start_s <= until_s for start_s in one.starts_s)) for one in links(kind)
    ]
    assert agree(begun, (until_s - from_s) / (up.mean_s + down.mean_s))


@every_kind
@pytest.mark.parametrize("time_s", [0.0, 2.0, 49.0])
def test_the_share_of_links_down_is_the_same_at_any_time(kind: str, time_s: float) -> None:
    up, down = UP_AND_DOWN[kind]
    share = down.mean_s / (up.mean_s + down.mean_s)
    are_down = sum(not one.is_up(time_s) for one in links(kind))
    assert abs(are_down / LINKS - share) <= ERRORS * sqrt(share * (1 - share) / LINKS)


def test_a_fresh_start_is_not_stationary() -> None:
    """The same test sees what it is for: links that all begin with a whole time up."""
    up, down = UP_AND_DOWN["tunnels"]
    streams = Streams(5, 0)
    fresh = (renewal(up, down, HORIZON_S, streams.draws("outages", n), False) for n in range(LINKS))
    share = down.mean_s / (up.mean_s + down.mean_s)
    are_down = sum(not one.is_up(2.0) for one in fresh)
    assert share - are_down / LINKS > ERRORS * sqrt(share * (1 - share) / LINKS)


def test_what_is_left_of_a_lognormal_time_follows_its_law() -> None:
    """The density of what remains is P(X > x) / E[X]: its distribution function, integrated."""
    median_s, sigma = 10.0, 1.2
    luck = Streams(7, 0).draws("outages")
    remaining = lognormal(median_s, sigma).remaining
    law = lognorm(sigma, scale=median_s)
    longer = lognorm(sigma, scale=median_s * exp(sigma**2))  # weighted by length

    def upto(time_s: np.ndarray) -> np.ndarray:
        # Integral of P(X > t) up to x: x P(X > x) and the mean of what is shorter.
        return time_s * law.sf(time_s) / law.mean() + longer.cdf(time_s)

    assert kstest([remaining(luck) for _ in range(3_000)], upto).pvalue > 1e-4


@every_kind
@pytest.mark.parametrize("longest_of", [1, 16])
def test_sums_over_outages_are_what_links_seen_from_one_say(kind: str, longest_of: int) -> None:
    """Whatever is added up: how often, how long, how close to the outage before."""

    def gap_s(one: Outages, at: int) -> float:
        before = one.ends_s[at - 1] if at else 0.0
        return float(0 < one.starts_s[at] - before < 5.0)

    def lasts_s(one: Outages, at: int) -> float:
        return min(one.ends_s[at], HORIZON_S) - one.starts_s[at]

    expected = expected_outages(*UP_AND_DOWN[kind], HORIZON_S)
    for of_outage in (gap_s, lasts_s, lambda one, at: float(one.starts_s[at] > 30.0)):
        plain = [sum(of_outage(one, at) for at in range(len(one))) for one in links(kind)]
        weighed = [
            expected * one.weight * of_outage(one.outages, one.outages.starts_s.index(one.start_s))
            for one in seen(kind, longest_of)
        ]
        assert agree(weighed, float(np.mean(plain)), np.std(plain, ddof=1) / sqrt(LINKS))


@every_kind
def test_links_seen_from_an_outage_are_down_then(kind: str) -> None:
    for one in seen(kind):
        assert one.start_s in one.outages.starts_s
        assert 0.0 <= one.start_s < HORIZON_S
        assert one.weight == 1.0


def test_rarer_outages_are_in_proportion() -> None:
    down: Duration = fixed(10.0)
    often, seldom = (expected_outages(fixed(up), down, 100.0) for up in (90.0, 90_000.0))
    assert often / seldom == pytest.approx(90_010.0 / 100.0)
