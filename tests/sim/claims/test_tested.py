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
