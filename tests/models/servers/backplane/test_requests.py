"""Answers are counted: one who listens and never answers spoils every request."""

import pytest
from stage import FREE, Stage

from models import DESIGNS


def asked(faults=(), gateways=3, neighbour=None, **options):
    every = {"kind": "redis-pubsub", "request_every_s": 1.0, **options}
    design = DESIGNS["socketio"].variant("x", {"backplane": every})
    servers = {"gateways": gateways, "api_nodes": 1, "cores": 1, **FREE}
    backplane = {"neighbour": neighbour} if neighbour else {}
    played = Stage(design, faults=list(faults), servers=servers, backplane=backplane)
    return played.run(60.0).world.between


SILENT = {"kind": "silent-subscriber", "start_s": 0.5, "end_s": 290.0}


def test_without_a_silent_subscriber_no_request_times_out():
    found = asked()
    assert found["requests"] == 59
    assert found["requests timed out"] == 0
    assert 0.001 < found["request seconds"] / 59 < 0.006  # measured: 2 to 6 ms


@pytest.mark.parametrize("count", [1, 3])
def test_with_one_every_request_times_out_after_5000_ms(count):
    found = asked([SILENT] * count)
    assert found["requests"] == found["requests timed out"] == 54
    assert found["request seconds"] / 54 == pytest.approx(
        5.0, abs=0.003
    )  # measured: 5,001 to 5,002


def test_alone_a_node_asks_nobody_but_waits_for_the_silent_one():
    assert asked(gateways=1)["requests timed out"] == 0
    assert asked([SILENT], gateways=1)["requests timed out"] == 54


def test_the_limit_is_an_option():
    found = asked([SILENT], request_timeout_s=2.0)
    assert found["request seconds"] / found["requests"] == pytest.approx(2.0, abs=0.003)


def test_a_lost_host_is_counted_and_a_dead_process_is_not():
    lost = {"kind": "host-loss", "node": 2, "at_s": 10.5, "back_s": 20.0}
    dead = {"kind": "node-crash", "node": 2, "at_s": 10.5, "restart_s": 20.0}
    assert asked([dead])["requests timed out"] == 0
    assert asked([lost])["requests timed out"] == 13  # of 20 s; every third would be its own


def test_servers_of_another_environment_answer_like_ours():
    neighbour = {"database": 1, "servers": 2}
    assert asked(neighbour=neighbour)["requests timed out"] == 0


def test_somebody_who_only_publishes_changes_nothing():
    """The API node is an emitter, and there is one in each of these runs."""
    assert asked()["requests timed out"] == 0
