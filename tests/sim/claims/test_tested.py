"""Verdicts as a notebook has them."""

from pathlib import Path

from made_claims import COUNTS, FOUND

from sim.claims.tested import Verdicts

SUMMARY = {
    "counts": COUNTS | {"demonstrated": 1},
    "claims": [FOUND, {**FOUND, "id": "X<2>", "needs": ["tabs"]}],
    "seed": 1,
    "command": "rtcsim claims --seed 1",
}


def test_verdicts_are_a_frame_by_id():
    found = Verdicts(Path("claims-1"), SUMMARY)
    assert found.table.loc["X1", "verdict"] == "demonstrated"
    assert found.table.loc["X1", "command"] == "rtcsim compare commuter-day"
    assert list(found.table["left_out"]) == ["", "tabs"]
    assert found.table.loc["X1", "figure"].startswith("it loses: lost, a 12.0")
    assert list(found.table.columns) == ["verdict", "claim", "figure", "left_out", "command"]
    assert Verdicts(Path("none"), {**SUMMARY, "claims": []}).table.empty


def test_it_is_shown_with_its_answer():
    found = Verdicts(Path("claims-1"), SUMMARY)
    shown = found._repr_html_()
    assert shown.startswith("<p>1 claim put to the test: 1 demonstrated.")
    assert "X&lt;2&gt;" in shown
    assert repr(found) == "Verdicts(claims-1)"


def test_claims_are_shown_in_words_and_plots_in_the_order_asked_for():
    lacking = {**FOUND, "id": "X3", "leaves_out": ["<tabs>"]}
    del lacking["decisions"]
    lacking["shown"] = {"zalo": "long-poll"}
    found = Verdicts(Path("claims-1"), {**SUMMARY, "claims": [FOUND, lacking]})
    last, first, picture = found.shown("X3", "X9", "X1")
    assert first._repr_html_().startswith(
        '<p style="text-align: left"><b>X1  demonstrated: It loses.'
    )
    assert "<i>Does it?</i><br>it loses: lost, a 12.0 %" in first._repr_html_()
    assert ">rtcsim compare commuter-day</pre>" in first._repr_html_()
    assert "not in it: &lt;tabs&gt;" in last._repr_html_()
    assert "<pre" not in last._repr_html_()
    assert picture._repr_svg_().startswith("<")
