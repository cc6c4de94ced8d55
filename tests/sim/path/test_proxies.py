"""Who of several proxies gets a connection, and who is told apart how."""

from functools import partial

import numpy as np
import pytest

from sim.engine import Engine
from sim.path.limits import Limits
from sim.path.proxies import CHECKING, Proxies
from sim.streams import Streams


def made(count=None, seed=1):
    limits = Limits(layer=7, request_s=1e-3, cores=2, count=count)
    return Proxies(Engine(), limits, CHECKING, partial(Streams(seed, 0).draws, "proxies"))


def picked(proxies, person, times):
    return [proxies.all.index(proxies.pick(person)) for _ in range(times)]


def test_one_is_what_there_is_unless_said():
    def nobody_asks(person):
        raise AssertionError(person)

    proxies = Proxies(Engine(), Limits(layer=7), CHECKING, nobody_asks)
    assert proxies.all == (proxies.first,)
    assert proxies.pick(0) is proxies.first
    assert list(proxies.by_name()) == ["proxy"]


def test_each_is_a_process_of_its_own_and_they_believe_the_same():
    proxies = made(3)
    assert [one.index for one in proxies.all] == [-1, -2, -3]
    assert list(proxies.by_name().items()) == list(
        zip(["proxy", "proxy 1", "proxy 2"], proxies.all, strict=True)
    )
    proxies.first.busy(5.0)
    assert [one.cores for one in proxies.all] == [2, 2, 2]
    assert [sum(one.busy_s.values()) for one in proxies.all] == [5.0, 0.0, 0.0]
    assert {one.health for one in proxies.all} == {proxies.first.health}


def test_connections_go_to_all_alike_and_each_anew():
    """Chi squared over pairs of neighbours: sixteen cells, 15 degrees of freedom, 37.7 at 0.1 %."""
    proxies = made(4)
    found = np.array([picked(proxies, person, 2) for person in range(8000)])
    counts = np.bincount(found[:, 0] * 4 + found[:, 1], minlength=16)
    assert ((counts - 500.0) ** 2 / 500.0).sum() < 37.7


def test_chance_is_a_function_of_the_person_and_of_how_many_there_were_before():
    one, other = made(5), made(5)
    backwards = {person: picked(other, person, 30) for person in (2, 1, 0)}
    assert {person: picked(one, person, 30) for person in (0, 1, 2)} == backwards
    assert backwards[0] != backwards[1]
    assert picked(made(5, seed=2), 0, 30) != backwards[0]


@pytest.mark.parametrize(("back_s", "again_s"), [(10.0, 14.0), (3.0, 3.0)])
def test_one_that_is_down_gets_nothing_once_that_is_noticed(back_s, again_s):
    proxies, engine = made(2), None
    engine = proxies.first.engine
    proxies.first.crash()
    engine.at(back_s, proxies.first.restart)
    for at_s in np.arange(0.5, 20.0).tolist():
        engine.run(at_s)
        noticed = 6.0 <= at_s < again_s
        assert set(picked(proxies, 0, 50)) == ({1} if noticed else {0, 1})


def test_when_all_are_down_all_get_something():
    proxies = made(3)
    for one in proxies.all:
        one.crash()
    proxies.first.engine.run(20.0)
    assert set(picked(proxies, 0, 50)) == {0, 1, 2}
