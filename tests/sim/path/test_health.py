"""What a balancer believes of a server, by checks and by failures."""

import pytest

from sim.engine import Engine
from sim.path.health import Health
from sim.path.limits import Limits
from sim.process import Process


class Ward:
    """One server that dies and returns at set times, and a balancer that has numbers."""

    def __init__(self, down=(), up=(), fails=(), **numbers):
        self.engine = Engine()
        self.health = Health(self.engine, Limits(**numbers))
        self.server = Process(self.engine)
        self.health.watch(self.server)
        for at_s in down:
            self.engine.at(at_s, self.server.crash)
        for at_s in up:
            self.engine.at(at_s, self.server.restart)
        for at_s in fails:
            self.engine.at(at_s, self.health.failed, self.server)

    def distrusted(self, until_s=100.0, step_s=0.5):
        """From when to when it is given nothing."""
        seen = []
        for step in range(int(until_s / step_s)):
            at_s = step * step_s + 0.25
            self.engine.run(at_s)
            if not self.health.trusts(self.server):
                seen.append(at_s)
        return (seen[0] - 0.25, seen[-1] + 0.25) if seen else None


CHECKS = {"check_s": 2, "check_fails": 3, "check_passes": 2}


@pytest.mark.parametrize(
    ("down", "up", "span"),
    [
        ([10], [], (16, 100)),
        ([10], [20], (16, 24)),
        ([10], [15], None),  # back before the third check
        ([10, 21], [20, 22], (16, 26)),  # it falls again before it is trusted
        ([10, 40], [12], (46, 100)),
    ],
)
def test_checks_take_their_time_both_ways(down, up, span):
    assert Ward(down, up, **CHECKS).distrusted() == span


@pytest.mark.parametrize(
    ("numbers", "fails", "span"),
    [
        ({"max_fails": 1, "down_s": 10}, [5], (5, 15)),  # nginx
        ({"max_fails": 1, "down_s": 10}, [5, 12], (5, 22)),
        ({"max_fails": 2, "down_s": 10}, [5], None),
        ({"max_fails": 2, "down_s": 10}, [5, 9], (9, 19)),
        ({"max_fails": 2, "down_s": 10}, [5, 16], None),  # the first is forgotten
        ({}, [5, 6, 7], None),
    ],
)
def test_failures_shut_a_server_for_a_while(numbers, fails, span):
    assert Ward(fails=fails, **numbers).distrusted() == span


def test_whoever_does_not_check_notices_nothing():
    assert Ward(down=[10], up=[50]).distrusted() is None


def test_after_its_time_a_dead_server_is_tried_again():
    """nginx has no other way of finding out."""
    ward = Ward(down=[5, 7], up=[6], fails=[5], max_fails=1, down_s=10)
    assert ward.distrusted() == (5, 15)
