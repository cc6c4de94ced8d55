"""A process behind the nodes that is slow."""

import pytest

from tests.sim.faults.made_faults import Stage

SLOW = {"kind": "backend-slow", "backend": "store", "at_s": 10, "for_s": 5, "factor": 4}


@pytest.mark.parametrize("ceiling", [{}, {"writes_per_s": 20}])
def test_everything_takes_so_much_longer_meanwhile(ceiling):
    stage = Stage(SLOW, store={"write_s": 0.5, **ceiling})
    world, done_s = stage.world, []
    for at_s in (9.0, 12.0, 16.0):
        world.engine.at(at_s, world.write.start, lambda: done_s.append(world.engine.now_s))
    world.engine.run(40.0)
    assert done_s == pytest.approx([9.5, 14.0, 16.5])


@pytest.mark.parametrize(("slow", "last_s"), [([], 13.0), ([SLOW | {"for_s": 9}], 19.0)])
def test_its_ceiling_falls_as_much(slow, last_s):
    """20 writes a second, 5 a second while it is slow: 40 together take 2 s and 8 s."""
    stage = Stage(*slow, store={"write_s": 0.05, "writes_per_s": 20})
    world, done_s = stage.world, []
    for _ in range(40):
        world.engine.at(11.0, world.write.start, lambda: done_s.append(world.engine.now_s))
    world.engine.run(40.0)
    assert done_s[-1] == pytest.approx(last_s)


def test_two_at_a_time_multiply_and_leave_nothing():
    stage = Stage(SLOW, SLOW | {"at_s": 12, "factor": 3})
    store, seen = stage.world.behind["store"], []
    for at_s in (11.0, 13.0, 16.0, 18.0):
        store.engine.run(at_s)
        seen.append(store.slowness)
    assert seen == pytest.approx([4.0, 12.0, 3.0, 1.0])
