"""What is told of a storm adds up, and the answer says it."""

import math

from stormy import crash, played, world

from sim.storms.figures import answer, comes_back, figures


def test_dials_end_in_one_way_or_are_under_way():
    found = figures(played(400, 4, crash(4, 3.0)))
    assert sum(found["ended"].values()) == found["attempts"]
    assert found["ended"]["opened"] == found["cut"] == 400
    assert sum(found["series"]["attempts"]) <= found["attempts"]
    assert found["series"]["connected"][-1] == 400
    assert min(found["series"]["connected"]) == 0


def test_the_answer_says_when():
    storm = played(400, 4, crash(1, None))
    first, second = answer(figures(storm))
    assert comes_back(storm)
    assert first.startswith("100 of 400 clients cut: 50, 95, 99 % back in ")
    assert "dials (" in second
    assert max(map(len, (first, second))) <= 80


def test_the_answer_says_never():
    storm = played(400, 4, crash(4, None), horizon_s=20)
    found = figures(storm)
    assert not found["comes_back"]
    assert found["t99_s"] is None
    assert answer(found)[0] == "400 of 400 clients cut and not back: 0 % connected after 20 s."


def test_the_answer_says_who_can_never_be_back_and_why():
    scenario = world(servers__connections_limit=100)
    found = figures(played(400, 5, crash(2, None), scenario=scenario))
    line = "100 can never be back: 3 of 5 nodes left, connections_limit = 100."
    assert answer(found)[1] == line
    assert found["series"]["connected"][-1] == 300
    again = figures(played(400, 5, crash(2, 3.0), scenario=scenario, horizon_s=300))
    assert len(answer(again)) == 2
    assert again["comes_back"]


def test_peaks_are_of_any_second():
    found = figures(played(400, 4, crash(1, None)))
    assert found["attempts_peak_per_100ms"] <= found["attempts_peak_per_s"] <= found["attempts"]
    assert math.isclose(found["attempts_per_cut"], found["attempts"] / 100)


def test_idle_connections_cost_pings_and_memory():
    storm = played(400, 4, crash(1, None))
    found = figures(storm)
    assert found["fullest_node"] == max(storm.connections)
    assert math.isclose(found["idle_share"], found["fullest_node"] * 4 * 13e-6 / 20.0)
    assert found["connections_bytes"] == 7_000 * found["fullest_node"]
