"""Two lines answer; where nothing holds, the nearest miss and what would have to give."""

from told_plan import told

from sim.plans.question import Way
from sim.plans.told import policy


def test_the_first_line_says_nodes_the_way_and_what_binds():
    found = told(price=0.2)
    first, second = found["answer"]
    assert first == (
        "24 nodes with the design's own back-off and any number of admissions;"
        " recovery binds: p99 19.1 s of 20.0 s allowed."
    )
    assert second == "24 nodes x 0.20 $/h = 3,504 $ a month (17,520 node-hours)."
    assert found["cost"] == {"node_hours": 17_520.0, "money": 3_504.0}


def test_without_a_price_there_is_no_money():
    found = told()
    assert found["answer"][1] == "17,520 node-hours a month."
    assert found["cost"]["money"] is None


def test_ways_in_words():
    assert policy(Way("full-jitter:30", 200.0)) == (
        "full-jitter up to 30 s and 200 admissions/s a node"
    )
    assert policy(Way("phoenix")) == "phoenix and any number of admissions"


def test_nothing_holds_is_said_with_the_nearest_miss_and_what_would_have_to_give():
    first, second = told(recovery=0.5)["answer"]
    assert first == "No number of nodes up to 300 holds with any of the 4 ways to come back."
    assert second.startswith("Nearest: 300 nodes with the design's own back-off and any number of")
    assert "recovery 1.49 s of 0.500 s; recovery up to 1.49 s would have to be allowed" in second


def test_rows_are_the_frontier_with_what_binds():
    found = told()
    assert [(row["nodes"], row["state"], row["binding"]) for row in found["rows"]] == [
        (24, "holds", "recovery"),
        (24, "holds", "recovery"),
        (48, "at least", "recovery"),
        (48, "at least", "recovery"),
    ]
    assert [row["is_best"] for row in found["rows"]] == [True, False, False, False]


def test_notes_say_how_much_smaller_exact_runs_are():
    (few, scaled) = told()["notes"]
    assert "looked at no further than it takes" in few
    assert "200 people a node, each node 18.8 times as slow" in scaled


def test_what_binds_for_lack_of_runs_is_said_to():
    first, _ = told(cpu_of_one=18.0, cpu=0.6, wide=1.2)["answer"]
    assert first.endswith(
        "CPU binds: 50.0 % of 60.0 % allowed, and 51 nodes have too few runs to tell."
    )
