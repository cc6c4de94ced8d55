"""Options of HTTP pools, and the shipped ones."""

from math import inf

import pytest

from models.protocols.http.pools import POOLS, PoolOptions


def test_pool_presets() -> None:
    browser, aiohttp = POOLS["browser"], POOLS["aiohttp"]
    assert (browser.limit, browser.idle_s) == (6, 300.0)
    assert (browser.reuse, browser.binds) == ("most recent", "any")
    assert (aiohttp.limit, aiohttp.idle_s) == (100, 15.0)
    assert (aiohttp.reuse, aiohttp.binds) == ("longest idle", "its own")
    assert PoolOptions().source == "own setting"
    assert all(len(options.source) > 20 for options in POOLS.values())
    node = POOLS["node"]
    assert (node.idle_s, node.reuse, node.binds) == (inf, "most recent", "any")
    assert aiohttp.send_cost_s == POOLS["aiohttp-6"].send_cost_s == 260e-6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": 0}, "limit = 0: must be at least 1"),
        ({"idle_s": 0.0}, "idle_s"),
        ({"reuse": "random"}, "reuse = 'random'"),
        ({"binds": "none"}, "binds = 'none'"),
        ({"resends": "always"}, "resends = 'always'"),
        ({"timeout_tick_s": -1.0}, "timeout_tick_s"),
        ({"send_cost_s": -1e-6}, "send_cost_s"),
        ({"hear_cost_s": -1e-6}, "hear_cost_s"),
    ],
)
def test_impossible_options_are_refused(changes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PoolOptions(**changes)


def test_the_smallest_options_are_allowed() -> None:
    assert PoolOptions(limit=1, idle_s=0.5).idle_s == 0.5
