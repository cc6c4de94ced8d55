"""Links and nodes by themselves."""

import pytest
import simpy

from sim.bench.idiomatic.parts import AIOHTTP_WAKING, PACKET_BYTES, Node, Way


@pytest.fixture
def env():
    return simpy.Environment()


def ends_s(env, *steps):
    """When each of these processes ends."""
    running = [env.process(one) for one in steps]
    found = {}
    for number, one in enumerate(running):
        one.callbacks.append(lambda _, number=number: found.setdefault(number, env.now))
    env.run()
    return [found[number] for number in range(len(steps))]


def test_packets_leave_one_after_the_other_and_travel_together(env):
    way = Way(env, 0.05, rate_bps=8.0 * (926 + PACKET_BYTES))  # one packet of 926 bytes a second
    assert ends_s(env, way.carry(926), way.carry(926)) == pytest.approx([1.05, 2.05])


def test_a_node_has_as_many_hands_as_cores(env):
    node = Node(env, 2, AIOHTTP_WAKING)
    ended = ends_s(env, *(node.work(1.0) for _ in range(4)))
    assert ended == pytest.approx([1.0, 1.0, 2.0, 2.0])


def test_a_core_that_stood_idle_is_dearer_to_wake(env):
    node = Node(env, 1, AIOHTTP_WAKING)

    def later(idle_s):
        yield env.timeout(idle_s)
        yield from node.work(0.001)

    first_s, second_s = ends_s(env, later(0.001), later(1.0))
    assert first_s == pytest.approx(0.001 + 0.001 + 0.03 * 0.001)
    assert second_s == pytest.approx(1.0 + 0.001 + 285e-6)


def test_no_work_waits_for_a_core_and_takes_no_time(env):
    node = Node(env, 1, AIOHTTP_WAKING)
    assert ends_s(env, node.work(0.5), node.work(0.0)) == pytest.approx([0.5, 0.5])


def test_one_core_works_off_one_after_the_other(env):
    node, done = Node(env, 1, AIOHTTP_WAKING), []

    def at_work():
        yield env.timeout(1.0)
        yield from node.work_off(0.1, "abc", lambda one: done.append((one, env.now)))

    assert ends_s(env, at_work(), node.work(0.5)) == pytest.approx([1.3 + 285e-6, 0.5])
    names, times_s = zip(*done, strict=True)
    assert names == ("a", "b", "c")
    assert times_s == pytest.approx([1.1 + 285e-6, 1.2 + 285e-6, 1.3 + 285e-6])
