"""What the loop knows of messages: outages of the backplane, sizes on the wire, the workload."""

from types import SimpleNamespace

import numpy as np
import pytest
from small import scenario

from models.calm import mail
from sim.world import build_world


@pytest.mark.parametrize(("time_s", "up"), [(0.9, True), (1.0, False), (1.9, False), (2.0, True)])
def test_the_backplane_is_down_from_the_beginning_of_an_outage_to_its_end(time_s, up):
    down = SimpleNamespace(down_from_s=[1.0, 5.0], down_until_s=[2.0, 6.0])
    assert mail.is_up(down, time_s) is up


def test_a_size_is_worked_out_once_for_each_length_of_a_text():
    asked = []
    sizes = mail.sized([5, 9, 5, 5], lambda text: asked.append(text) or text + 10)
    assert (sizes.tolist(), asked) == ([15, 19, 15, 15], [5, 9])


def test_the_workload_is_there_and_nobody_has_a_home():
    world = build_world(scenario(), 0)
    world_mail = mail.shared_mail(world).arrays
    rooms = [
        world_mail.members[begin:end].tolist()
        for begin, end in zip(world_mail.first, world_mail.first[1:], strict=False)
    ]
    assert rooms == [list(room) for room in world.workload.members]
    assert np.array_equal(world_mail.actor, world.workload.actor)
    assert set(world_mail.home) == set(world_mail.seat) == set(world_mail.client) == {-1}
    assert not world_mail.may.any()
