"""Words for what was found of claims."""

import pytest
from made_claims import BOUNDARY, COUNTS, FOUND, RATE, TOLD

from sim.report.claims import answer, boundary, command, decision, figure, lines, rows_of, step_text


def test_the_answer_is_two_lines():
    summary = {
        "counts": COUNTS | {"demonstrated": 2, "refuted": 1, "not yet testable": 4},
        "claims": [FOUND, {**FOUND, "id": "X2", "verdict": "refuted"}],
    }
    first, second = answer(summary).splitlines()
    assert first == "3 claims put to the test: 2 demonstrated, 1 refuted."
    assert second == "refuted X2; 4 not yet testable."
    part = [{**FOUND, "leaves_out": ["typing"]}, {**FOUND, "verdict": "not yet testable"}]
    told = answer({"counts": COUNTS | {"demonstrated": 1}, "claims": part}).splitlines()
    assert told[1] == "1 tested in part."
    nothing = answer({"counts": COUNTS, "claims": []}).splitlines()
    assert nothing == ["0 claims put to the test: none.", "none refuted, none conditional."]


def test_a_claim_has_its_figure_and_its_command():
    assert lines(FOUND) == (
        "X1  demonstrated: It loses.",
        "it loses: lost, a 12.0 %, 9.00 – 15.0 against 2 times b in calm none, in 900; ≤ 1.0 %",
        "",
        "rtcsim compare commuter-day",
    )


def test_what_a_claim_says_and_its_test_does_not_touch_is_said():
    told = lines({**FOUND, "needs": ["tabs"], "leaves_out": ["typing"]})
    assert told.head == "X1  demonstrated, in part: It loses."
    assert told.left_out == "not in it: typing; tabs"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by": 0.002}, "a 12.0 %, 9.00 – 15.0 against 0.200 % above 2 times b in calm none"),
        ({"by": -0.01, "times": 1.0}, "9.00 – 15.0 against 1.00 % below b in calm none"),
        ({"by": 0.01, "times": 1.0, "relation": "within"}, "15.0 within 1.00 % of b in calm none"),
        ({"limit": 0.1, "other": None}, "9.00 – 15.0 against 10.0 %"),
    ],
)
def test_a_margin_is_told_with_the_figures(changes, said):
    assert said in decision({**TOLD, **changes})


def test_the_figure_is_that_which_decides():
    failed = {**TOLD, "state": "fails", "says": "it repeats"}
    both = {**FOUND, "verdict": "refuted", "decisions": [TOLD, failed]}
    assert figure(both).startswith("it repeats")
    assert figure(both).endswith("; one of 2 that have to hold")
    unsure = {**TOLD, "state": "open", "limit": 0.1, "other": None, "reason": "nothing bounds it"}
    few = {**FOUND, "verdict": "too few runs", "decisions": [TOLD, unsure]}
    words = "it loses: lost, a 12.0 %, 9.00 – 15.0 against 10.0 % (nothing bounds it)"
    assert figure(few) == f"{words}; one of 2 that have to hold"
    lacking = {**unsure, "figure": {"design": "a", "world": "", "entry": None}}
    assert "a — against" in figure({**few, "decisions": [lacking]})


@pytest.mark.parametrize(
    ("changes", "verdict", "said"),
    [
        ({}, "conditional", "the number of people: true up to 20, not from 35.5 on; not told at"),
        (
            {"below": "refuted"},
            "conditional",
            "the number of people: true from 35.5 on, not up to 20; not told at 30",
        ),
        (
            {"above": "demonstrated"},
            "demonstrated",
            "demonstrated whether the number of people is 20 or",
        ),
        ({"below": "too few runs"}, "too few runs", "the number of people 20: too few runs"),
    ],
)
def test_a_boundary_says_on_which_side_it_is_true(changes, verdict, said):
    told = {**BOUNDARY, **changes}
    values = {20.0: told["below"], 30.0: "too few runs", 35.5: told["above"]}
    points = [{"value": value, "verdict": word} for value, word in values.items()]
    words = boundary(told, points, verdict)
    assert words.replace(".0", "").startswith(said)
    assert figure({**FOUND, "verdict": verdict, "boundary": told, "points": points}) == words
    assert "not told" not in boundary(told, points[::2], verdict)


def test_the_command_shows_where_it_is_decided():
    assert command(FOUND) == "rtcsim compare commuter-day"
    elsewhere = {**TOLD, "figure": {**TOLD["figure"], "world": "calm"}}
    worlds = {**FOUND["worlds"], "calm": "rtcsim compare growing"}
    assert command({**FOUND, "worlds": worlds, "decisions": [elsewhere]}) == worlds["calm"]
    verdicts = ("demonstrated", "demonstrated", "too few runs", "refuted")
    points = [{"command": f"at {at}", "verdict": word} for at, word in enumerate(verdicts)]
    bounded = {**FOUND, "boundary": BOUNDARY, "points": points}
    assert command(bounded) == "at 1"  # the last at which it is true
    points.reverse()
    above = {**BOUNDARY, "below": "refuted", "above": "demonstrated"}
    assert command({**bounded, "boundary": above}) == "at 1"
    assert command({**bounded, "points": points[:1]}) == "at 3"  # nowhere true
    assert command({"needs": ["tabs"]}) == ""


def test_choices_provenance_and_needs_have_their_words():
    points = [{"value": "store", "verdict": "demonstrated"}, {"value": 3, "verdict": "refuted"}]
    choices = {**FOUND, "choices": {"key": "x", "says": "with the log in"}, "points": points}
    assert figure(choices) == "with the log in store: demonstrated; 3: refuted"
    bare = {key: FOUND[key] for key in ("id", "claim", "needs", "leaves_out")}
    assert figure({**bare, "shown": {"zalo": "long-poll"}}) == "zalo: long-poll"
    lacking = {**bare, "needs": ["tabs", "wills"], "verdict": "not yet testable"}
    assert lines(lacking) == ("X1  not yet testable: It loses.", "needs tabs, wills", "", "")


def test_a_ladder_marks_steps_that_are_told_from_nothing():
    step = {"difference": -0.02, "low": -0.03, "high": -0.01, "verdict": "better", "needs": None}
    rungs = [
        {"adds": "a socket", "figures": {"loss_pressed": RATE}, "steps": {}},
        {"adds": "+ retry", "figures": {"loss_pressed": RATE}, "steps": {"loss_pressed": step}},
        {"adds": "+ more", "figures": {}, "steps": {}},
    ]
    heads, rows = rows_of(rungs)
    assert heads == ["adds", "lost"]
    assert [row[1].replace("\u00a0", " ") for row in rows] == ["12.0 %", "12.0 % better", "—"]
    assert step_text(step, "share") == "−2.00 % (−3.00 to −1.00)"
    assert step_text({**step, "difference": None}, "share") == ""
