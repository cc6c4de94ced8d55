"""A server's end is what the loop's owner asks for."""

from small import scenario

from models import DESIGNS
from models.calm.keepalive import RowKeepAlive
from models.calm.owners import Beats, Connections
from sim.world import build_world


def test_ends_of_a_system_have_what_is_asked_for():
    world = build_world(scenario(), 0)
    system = DESIGNS["full-websocket"].build(world)
    system.join(0)
    world.engine.run(5.0)
    [end] = system.service.calm.ends
    assert end.person == 0
    assert isinstance(end.keepalive, RowKeepAlive)
    assert not end.kernel_answers
    assert (Beats._fields, Connections._fields[0]) == (("row",), "row")
