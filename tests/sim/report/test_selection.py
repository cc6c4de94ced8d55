"""Who is best, within what, and who is not beaten, in sentences."""

import pytest

from sim.report import wording
from sim.report.selection import lines

ONE = {"metric": "loss_pressed", "best": "hybrid", "within": 0.0004, "margin": 0.001, "reason": ""}
SUMMARY = {
    "decides": ["bytes_per_delivery", "loss_pressed", "late_1s"],
    "designs": {"hybrid": {}, "long-poll": {}, "mqtt-qos0": {}},
    "selected": [
        ONE,
        ONE | {"metric": "late_1s", "within": 0.02, "margin": 0.005},
        ONE | {"metric": "bytes_per_delivery", "best": "mqtt-qos0", "within": 0.0, "margin": 100.0},
        ONE | {"metric": "latency_p50", "best": "mqtt-qos0", "within": 0.0},
    ],
    "unbeaten": ["hybrid", "mqtt-qos0"],
}


def test_what_is_decided_comes_first_in_the_order_of_the_question():
    best, unsure, unbeaten = lines(SUMMARY)
    assert best == (
        "Best with 95 %: bytes per delivery: mqtt-qos0; lost: hybrid (within 0.040 points)."
    )
    assert unsure == (
        f"Not decided which is best: {wording.label('late_1s').short}: hybrid (within 2.0 points;"
        " worth caring about: 0.50 points)."
    )
    assert unbeaten.endswith("bytes per delivery together: hybrid, mqtt-qos0.")


def test_what_is_not_bounded_says_why():
    unknown = ONE | {"within": None, "margin": None, "reason": "too few replications"}
    (line,) = lines({**SUMMARY, "selected": [unknown], "unbeaten": []})
    assert line == "Not decided which is best: lost (too few replications)."


@pytest.mark.parametrize("within", [0.0013, None])
def test_where_every_two_are_equal_nothing_is_open(within):
    names = list(SUMMARY["designs"])
    rows = [
        {"metric": "loss_pressed", "a": a, "b": b, "verdict": "equal"}
        for a in names
        for b in names
        if a < b
    ]
    one = ONE | {"within": within, "reason": "too few replications"}
    of = {**SUMMARY, "selected": [one], "unbeaten": [], "comparisons": rows}
    assert lines(of) == []
    rows[1]["verdict"] = "too few runs"
    (line,) = lines(of)
    assert line.startswith("Not decided which is best: lost")


def test_all_are_called_all():
    (line,) = lines({**SUMMARY, "selected": [], "unbeaten": list(SUMMARY["designs"])})
    assert line.endswith(": all of them.")


def test_results_of_before_say_nothing():
    assert lines({"designs": {"hybrid": {}}}) == []
