"""A proxy's numbers as it uses them."""

from math import inf

import pytest

from sim.engine import Engine
from sim.history import PROXY
from sim.path.limits import Limits
from sim.path.presets import PRESETS
from sim.path.proxy import INDEX, MANY, Proxy


def made(**numbers):
    return Proxy(Engine(), Limits(**numbers))


def test_what_is_not_said_never_happens():
    proxy = made()
    assert (proxy.connect_timeout_s, proxy.answer_timeout_s, proxy.removal_s) == (inf, inf, inf)
    assert not proxy.retries(reached=False, reads=True)
    assert not proxy.goes_on
    assert (proxy.index, proxy.kind) == (INDEX, PROXY)


@pytest.mark.parametrize(
    ("retries", "unreached", "read", "posted"),
    [
        ("never", False, False, False),
        ("connect", True, False, False),
        ("unless-posted", True, True, False),
        ("always", True, True, True),
    ],
)
def test_which_requests_are_sent_again(retries, unreached, read, posted):
    proxy = made(retries=retries)
    assert proxy.retries(reached=False, reads=False) is unreached
    assert proxy.retries(reached=True, reads=True) is read
    assert proxy.retries(reached=True, reads=False) is posted
    assert proxy.goes_on is (retries != "never")
    assert not made(retries=retries, retry_at="same").goes_on


@pytest.mark.parametrize(
    ("numbers", "per_s"),
    [({"request_s": 1e-3}, 1000), ({"request_s": 1e-3, "cores": 4}, 4000)],
)
def test_its_ceiling_is_its_cores_by_the_cost(numbers, per_s):
    proxy = made(**numbers)
    for _ in range(per_s):
        proxy.busy(proxy.request_s)
    assert proxy.start_s() == pytest.approx(1.0)


def test_one_without_a_cost_has_no_ceiling():
    proxy = Proxy(Engine(), PRESETS["aws-alb"].limits)
    for _ in range(MANY):
        proxy.busy(1.0)
        assert proxy.start_s() <= 1.0
