"""What a claim's plots show, from what is stored."""

import re

import pytest
from made_claims import BOUNDARY, FOUND, NONE, RATE, TOLD

from sim.report.claims_plots import Span, asked, plots, span

STEP = {"difference": -0.02, "low": -0.03, "high": -0.01, "verdict": "better", "needs": None}
RUNGS = [
    {"adds": "a socket", "figures": {"loss_pressed": RATE}, "steps": {}},
    {"adds": "a key", "figures": {"loss_pressed": NONE}, "steps": {"loss_pressed": STEP}},
]
POINTS = [
    {"value": 20.0, "verdict": "demonstrated", "decisions": [TOLD, TOLD]},
    {"value": 35.5, "verdict": "refuted", "decisions": [{**TOLD, "state": "fails"}, TOLD]},
]


def texts(svg):
    return re.findall(r">([^<>]+)</text>", svg)


def test_an_inequality_shows_both_sides_and_the_difference_that_decides():
    [svg] = plots(FOUND)
    words = texts(svg)
    assert "it loses: lost (holds)" in words
    assert {"a", "2 times b in calm", "first less second"} <= {*words}
    assert any(word.endswith("%") for word in words)
    assert plots(FOUND) == [svg]


def test_nothing_is_drawn_of_what_was_not_run():
    bare = {key: FOUND[key] for key in ("id", "claim", "question", "needs", "leaves_out")}
    assert plots({**bare, "verdict": "not yet testable"}) == []
    assert plots({**bare, "verdict": "provenance", "shown": {"zalo": "long-poll"}}) == []


@pytest.mark.parametrize("verdict", ["conditional", "demonstrated"])
def test_a_search_has_a_plot_for_each_inequality_and_its_values(verdict):
    base = {key: one for key, one in FOUND.items() if key != "decisions"}
    [svg] = plots({**base, "verdict": verdict, "boundary": BOUNDARY, "points": POINTS})
    words = texts(svg)
    assert words.count("it loses: lost") == 2
    assert "the number of people" in words
    chosen = {"key": "log", "says": "with the log in"}
    points = [{**POINTS[0], "value": "store"}, {**POINTS[1], "value": "memory"}]
    [svg] = plots({**base, "verdict": verdict, "choices": chosen, "points": points})
    assert {"store", "memory", "with the log in"} <= {*texts(svg)}


def test_a_wide_search_has_a_logarithmic_axis_with_its_boundary():
    base = {key: one for key, one in FOUND.items() if key != "decisions"}
    wide = [{**POINTS[0], "value": 1.0}, {**POINTS[1], "value": 400.0}]
    told = {**BOUNDARY, "low": 30.0, "high": 33.0}
    [svg] = plots({**base, "verdict": "conditional", "boundary": told, "points": wide})
    assert {"1", "30", "400"} <= {*texts(svg)}
    assert "33" not in texts(svg)  # too near to 30 to be read


def test_a_ladder_stands_beside_what_decides():
    decided, ladder = plots({**FOUND, "ladder": RUNGS})
    assert "it loses: lost (holds)" in texts(decided)
    assert [word for word in texts(ladder) if word.startswith("a ")] == ["a key", "a socket"]


def test_what_never_came_or_is_not_there_is_left_out():
    assert span(None) is None
    assert span({**RATE, "value": None}) is None
    assert span({**RATE, "low": None}) == Span(0.12, 0.12, 0.15)
    missing = {**TOLD, "above": None, "state": "open", "figure": {**TOLD["figure"], "entry": None}}
    assert "it loses: lost (open)" in texts(plots({**FOUND, "decisions": [missing]})[0])


def test_factor_and_difference_are_worked_in():
    other = {"design": "b", "world": "", "entry": RATE}
    assert asked({**TOLD, "other": other}) == pytest.approx((0.24, 0.18, 0.30))
    assert asked({**TOLD, "other": other, "times": 1.0, "by": -0.1})[0] == pytest.approx(0.02)
    assert asked({**TOLD, "other": None, "limit": 0.5}) == (0.5, 0.5, 0.5)
    within = {**TOLD, "other": other, "times": 1.0, "by": 0.01, "relation": "within"}
    assert asked(within) == pytest.approx((0.12, 0.11, 0.13))
    assert "around b" in texts(plots({**FOUND, "decisions": [within]})[0])
    assert asked({**TOLD, "other": {**other, "entry": None}}) is None
