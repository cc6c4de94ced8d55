"""The question with its usual answers, and the result for programs."""

import pytest
from stormy import world

import sim
from sim.errors import InputError
from sim.storms.question import RETURNS
from sim.storms.stormed import asked


def test_what_is_left_open_has_its_usual_answer():
    storm = asked(world(), {})
    assert (storm.clients, storm.nodes, len(storm.faults)) == (1_000_000, 40, 1)


def test_a_zone_is_lost_and_comes_back():
    storm = asked(
        world(), {"clients": 600, "nodes": 6, "zones": 3, "lose_zone": 1, "back_after_s": 9.0}
    )
    assert [one.node for one in storm.faults if one.what == RETURNS] == [1, 4]


def test_nodes_hold_all_clients_at_first_or_it_is_an_error():
    small = world(servers__connections_limit=50)
    said = r"clients = 101; allowed: at most 100 \(2 nodes of servers.connections_limit = 50\)"
    with pytest.raises(InputError, match=said):
        asked(small, {"clients": 101, "nodes": 2})
    assert asked(small, {"clients": 100, "nodes": 2}).clients == 100


def test_from_python_it_is_figures_and_a_table_over_time():
    found = sim.storm(changes={"servers.cores": 1}, clients=200, nodes=2, horizon_s=60)
    assert found.comes_back
    assert found.figures["cut"] == 100
    assert found.series["connected"].iloc[-1] == 200


def test_several_runs_have_seeds_in_a_row_and_the_first_is_the_one_that_is_told():
    size = {"clients": 200, "nodes": 2, "horizon_s": 60, "rescue": False}
    three = sim.storm(changes={"servers.cores": 1}, runs=3, seed=5, **size)
    second = sim.storm(changes={"servers.cores": 1}, seed=6, **size)
    assert three.again[0]["digest"] == second.figures["digest"] != three.figures["digest"]
    assert len(three.again) == 2
    assert three.name == "full-websocket"
    assert "clients not connected" in three.picture().wide
