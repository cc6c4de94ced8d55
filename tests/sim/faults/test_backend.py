"""Faults of processes behind or before the nodes: where there are such, which one, what is told."""

from contextlib import nullcontext

import pytest
from pydantic import ValidationError
from small import scenario

from sim.faults.base import Surroundings
from tests.sim.faults.made_faults import FAULT, Stage, fault

THREE = {"path": [{"preset": "nginx", "count": 3}]}
CRASH = {"kind": "backend-crash", "backend": "proxy", "at_s": 5.0, "restart_s": 2.0}
AMONG_THREE = Surroundings(10, 3, 2, 100.0, proxies=3)


@pytest.mark.parametrize(
    ("servers", "path", "allowed"),
    [
        ({}, [], False),
        ({"proxy": "nginx"}, [], True),
        ({"proxy": "aws-alb"}, [], False),  # its maker says nothing of what it can do
        ({}, [{"preset": "haproxy"}], True),
        ({}, [{"preset": "haproxy", "networks": [0]}], False),
        ({}, [{"layer": 7, "request_s": 1e-5, "accept_s": 1e-5}], True),
    ],
)
def test_only_a_proxy_that_is_a_process_can_fail(servers, path, allowed):
    crash = {"kind": "backend-crash", "backend": "proxy", "at_s": 5.0, "restart_s": 1.0}
    with nullcontext() if allowed else pytest.raises(ValidationError, match="request_s"):
        scenario(servers=servers, path=path, faults=[crash])


def test_what_nobody_asks_cannot_fail_unnoticed():
    """Every kind of it: the same word for the same key."""
    around = Surroundings(10, 3, 2, 100.0, unasked=("authenticator",))
    for keys in (
        {"kind": "backend-pause", "for_s": 1.0},
        {"kind": "backend-crash", "restart_s": 1.0},
        {"kind": "backend-slow", "for_s": 1.0, "factor": 2.0},
    ):
        hit = {"backend": "authenticator", "at_s": 1.0}
        ((key, message),) = FAULT.validate_python(keys | hit).problems(around)
        assert key == "backend"
        assert message == (
            "nobody asks the authenticator here; allowed: with authenticator.check_s above 0"
        )
        assert FAULT.validate_python(keys | hit | {"backend": "store"}).problems(around) == []


@pytest.mark.parametrize(("proxy", "down"), [(0, [0]), (2, [2]), ("all", [0, 1, 2])])
def test_of_several_proxies_the_one_that_is_named_is_hit_or_all(proxy, down):
    stage = Stage(CRASH | {"proxy": proxy}, **THREE)
    world, seen = stage.world, []
    for time_s in (4.9, 6.0, 7.1):
        world.engine.run(time_s)
        seen.append([place for place, one in enumerate(world.proxies.all) if not one.running])
    assert seen == [[], down, []]


def test_it_is_the_first_one_unless_said():
    assert [one.index for one in fault(**CRASH).struck(Stage(**THREE).world)] == [-1]
    assert fault(**CRASH).hit.lane == "proxy"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"proxy": 3}, 'there is no proxy 3; allowed: 0 to 2, or "all"'),
        ({"backend": "store", "proxy": 0}, 'the store is hit; allowed: with backend = "proxy"'),
        ({"backend": "store", "proxy": "all"}, 'the store is hit; allowed: with backend = "proxy"'),
    ],
)
def test_a_proxy_that_is_not_there_is_told(keys, words):
    assert fault(**(CRASH | keys)).problems(AMONG_THREE) == [("proxy", words)]
    assert fault(**(CRASH | {"proxy": 2})).problems(AMONG_THREE) == []


@pytest.mark.parametrize("given", ["al", -1, 1000, True, 1.5])
def test_what_is_no_number_of_a_proxy_has_one_error(given):
    with pytest.raises(ValidationError) as found:
        fault(**(CRASH | {"proxy": given}))
    (error,) = found.value.errors()
    assert error["loc"] == ("backend-crash", "proxy")
    assert error["msg"].endswith('is not allowed; allowed: a whole number from 0, or "all"')


def test_how_many_there_are_is_the_scenario_s():
    scenario(**THREE, faults=[CRASH | {"proxy": 2}])
    with pytest.raises(ValidationError, match="no proxy 2; allowed: 0 to 1"):
        scenario(servers={"proxy": "nginx", "proxy_count": 2}, faults=[CRASH | {"proxy": 2}])


@pytest.mark.parametrize(
    ("proxy", "lane", "sentence"),
    [
        (0, "proxy", "the proxy is killed"),
        (2, "proxy 2", "the proxy 2 is killed"),
        ("all", "proxy", "the proxy, like all others, is killed"),
    ],
)
def test_a_story_has_it_on_the_lane_of_that_proxy(proxy, lane, sentence):
    hit = fault(**(CRASH | {"proxy": proxy})).hit
    assert (hit.lane, hit.begins.sentence.format(lane)) == (lane, sentence)
