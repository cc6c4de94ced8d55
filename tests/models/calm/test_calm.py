"""Connections come into rows when both ends stand, and leave with what is on the wire."""

import pytest
from small import scenario

from models import DESIGNS
from models.calm import beats, rows
from sim.world import build_world

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]


def connected(**changes):
    world = build_world(scenario(networks=CABLE, **changes), 0)
    system = DESIGNS["full-websocket"].build(world)
    for person in range(world.people):
        system.join(person)
    world.engine.run(3.0)
    return world, system.service.calm


def rows_of(calm, column):
    table = calm.connections.arrays.row.reshape(-1, rows.CONNECTION)
    return table[: len(calm.ends), column]


def test_connected_people_are_calm_and_numbered():
    world, calm = connected()
    assert rows_of(calm, rows.CALM).tolist() == [1.0] * world.people
    assert sorted(rows_of(calm, rows.PERSON)) == list(range(world.people))


def test_an_end_that_goes_takes_its_connection_out():
    world, calm = connected()
    end = calm.ends[0]
    end.connection.close(1)
    assert rows_of(calm, rows.CALM)[0] == 0.0
    world.engine.run(10.0)  # the client notices and comes back: another row
    assert len(calm.ends) == world.people + 1


@pytest.mark.parametrize("servers", [{"proxy": "nginx"}, {"idle_timeout_s": 30}])
def test_people_behind_a_box_are_calm_too(servers):
    world = build_world(scenario(networks=CABLE, servers=servers), 0)
    system = DESIGNS["full-websocket"].build(world)
    system.join(0)
    world.engine.run(3.0)
    assert list(rows_of(system.service.calm, rows.CALM)) == [1.0]


def test_the_calendar_grows_with_what_is_booked():
    world, calm = connected()
    slots = len(calm._calendar.views.heap)
    machine = calm.ends[0].keepalive.pings
    for _ in range(slots):
        calm.machines[machine + beats.ARMED_S] = float("inf")  # as if it had been woken
        calm.arm(machine)
    assert len(calm._calendar.views.heap) > slots
    world.engine.run(30.0)
    assert rows_of(calm, rows.CALM).sum() == world.people
