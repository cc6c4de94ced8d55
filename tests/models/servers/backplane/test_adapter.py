"""What all adapters for Redis do."""

from stage import Stage

from models import DESIGNS


def test_whoever_leaves_while_a_message_waits_misses_it():
    design = DESIGNS["socketio"].variant("x", {"backplane": "redis-pubsub"})
    down = [{"kind": "backplane-outage", "start_s": 1.0, "end_s": 3.0}]
    played = Stage(design, [(2.0, 0)], faults=down)
    played.at(2.5, played.system.leave, 1)
    played.run(10.0)
    assert (0, 1, "not connected") in played.drops()


def test_a_copy_costs_redis_and_every_subscriber():
    design = DESIGNS["socketio"].variant("x", {"backplane": {"kind": "redis-pubsub"}})
    spec = {"publish_s": 0.01, "receiver_s": 0.002}
    played = Stage(design, [(2.0, 0)], backplane=spec).run(5.0)
    assert abs(sum(played.world.backplane.busy_s.values()) - (0.01 + 2 * 0.002)) < 1e-9
