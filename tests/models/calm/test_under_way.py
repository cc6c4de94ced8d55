"""What is on the wire of a calm connection comes back to its objects in time and order."""

from small import scenario

from models import DESIGNS
from models.calm import rows
from sim.history import SEND
from sim.world import build_world

SLOW = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"},
         "delay": {"kind": "constant", "delay_s": 0.5}}]  # fmt: skip


def sent():
    """Somebody's message is on its way, in rows."""
    world = build_world(scenario(networks=SLOW), 0)
    system = DESIGNS["full-websocket"].build(world)
    for person in range(world.people):
        system.join(person)
    system.play()
    calm = system.service.calm
    for step in range(4000):
        world.engine.run(6.0 + step * 0.01)
        flying = [one for one in calm.flying() if world.workload.action[one] == SEND]
        if flying:
            return world, system, calm, flying[0]
    raise AssertionError("nobody has sent anything")


def test_a_message_on_the_wire_is_pending_and_comes_back_when_its_client_goes():
    world, system, calm, message = sent()
    sender = int(world.workload.actor[message])
    number = calm._mailroom.mail.views.client[sender]
    connection = calm.ends[number].connection
    assert (message, -1) in set(system.pending())
    assert connection.rows.waiting_bytes(connection, 0) > 0
    connection.close(0)  # in good order: what was written still goes out
    assert message not in list(calm.flying())
    assert message in [getattr(one, "message", None) for one in connection.flying()]
    world.engine.run(world.engine.now_s + 2.0)
    assert world.ledger.life_s("accepted_s", message) > 0.0


def test_deliveries_under_way_are_known_latest_first():
    world, _, calm, _ = sent()
    world.engine.run(world.engine.now_s + 0.7)  # accepted, written, and half way
    under_way = [list(calm.posted(end.connection)) for end in calm.ends]
    assert any(under_way)
    for found in under_way:
        assert [row for row, _ in found] == sorted((row for row, _ in found), reverse=True)
    assert rows.ACT_ARRIVES in rows.ON_THE_WIRE
