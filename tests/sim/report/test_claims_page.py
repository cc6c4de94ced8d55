"""The page of claims, from what is stored."""

import re

from made_claims import BOUNDARY, COUNTS, FOUND, RATE, TOLD

from sim.report.claims_page import CLASSES, page

STEP = {"difference": -0.02, "low": -0.03, "high": -0.01, "verdict": "better", "needs": None}
LADDER = [
    {"adds": "a socket", "figures": {"loss_pressed": RATE}, "steps": {}},
    {
        "adds": "+ retry",
        "figures": {"loss_pressed": RATE, "told_p50": {**RATE, "unit": "s", "kind": "quantile"}},
        "steps": {"loss_pressed": STEP},
    },
]
POINTS = [
    {"value": 20.0, "verdict": "demonstrated", "decisions": [TOLD]},
    {"value": 35.5, "verdict": "refuted", "decisions": [{**TOLD, "state": "fails"}]},
]

FAILED = {**TOLD, "state": "fails"}


def summary(*found):
    counts = COUNTS | {"demonstrated": 1}
    return {"counts": counts, "claims": found, "seed": 3, "command": "rtcsim claims --seed 3"}


def drawn(*found):
    text = re.sub(r"<style>.*?</style>", "", page(summary(*found)), flags=re.DOTALL)
    return " ".join(text.replace("\u00a0", " ").split())


def test_every_claim_has_its_row_and_its_section():
    text = drawn(FOUND, {**FOUND, "id": "X2", "verdict": "refuted", "decisions": [FAILED]})
    assert '<a href="#X2">X2</a>' in text
    assert '<section id="X2">' in text
    assert '<span class="verdict worse">refuted</span>' in text
    assert "it loses: lost, a 12.0 %, 9.00 – 15.0 against 2 times b in calm none" in text
    assert "<i>Margin: twice is more.</i>" in text
    assert '<pre class="command">rtcsim compare commuter-day</pre>' in text
    assert "rtcsim claims --seed 3" in text


def test_points_are_told_at_their_values():
    bounded = {**FOUND, "boundary": BOUNDARY, "points": POINTS, "verdict": "conditional"}
    del bounded["decisions"]
    text = drawn(bounded)
    assert '<tr><th scope="row">20</th><td>holds</td>' in text
    assert '<tr><th scope="row">35.5</th><td>fails</td>' in text
    chosen = {key: one for key, one in bounded.items() if key != "boundary"}
    chosen |= {"choices": {"says": "with the log in"}, "points": [{**POINTS[1], "value": "memory"}]}
    assert '<tr><th scope="row">memory</th><td>fails</td>' in drawn(chosen)


def test_a_ladder_has_figures_and_steps():
    text = drawn({**FOUND, "ladder": LADDER})
    assert "<b>12.0 %, 9.00 – 15.0</b><i>−2.00 % (−3.00 to −1.00)</i>" in text
    assert '<span class="verdict better">better</span>' in text
    assert "<td><b>—</b><i></i></td>" in text


def test_what_is_lacking_is_said():
    text = drawn({**FOUND, "needs": ["tabs", "wills"], "leaves_out": ["typing"]})
    assert "Not in it: typing; tabs; wills." in text
    assert "demonstrated</span> in part</td>" in text
    assert "in part" not in drawn(FOUND)
    lacking = {key: FOUND[key] for key in ("id", "claim", "question", "leaves_out")}
    text = drawn({**lacking, "verdict": "not yet testable", "needs": ["tabs"]})
    assert "<p>needs tabs</p>" in text


def test_markup_of_a_claim_is_text_and_every_verdict_has_its_shade():
    assert "&lt;b&gt;" in drawn({**FOUND, "claim": "<b>It loses.</b>"})
    assert set(CLASSES) == set(COUNTS)
    assert page(summary(FOUND)) == page(summary(FOUND))
