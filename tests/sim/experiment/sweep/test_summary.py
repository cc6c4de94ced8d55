"""The whole summary of a sweep, made from stored cells."""

import fake_sweep
import pytest
import swept

from sim.experiment.sweep.run import finish
from sim.experiment.sweep.summary import digest, summarise


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


def summary_of(plan):
    return summarise(plan, finish(plan))


def test_it_says_who_is_best_where_and_where_it_crosses(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100..400:4"]))
    best, crossing = found["answer"].splitlines()
    where = "full-websocket at 100; all alike at 200; hybrid from 300 to 400."
    assert best == f"Stale over people.count, best: {where}"
    assert crossing == "Crossing: full-websocket is better up to 200 [199 to 201], hybrid beyond."
    [curve] = found["curves"]
    [one] = curve["crossings"]
    assert one["low"] <= fake_sweep.CROSSING <= one["high"]
    assert [point["values"] for point in found["points"]] == [[100], [200], [300], [400]]
    assert found["conservation"] == {"receptions_owed": 3200, "unexplained": 0, "adds_up": True}
    assert found["sensitivity"] == []


def test_several_keys_make_several_curves(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100,300", "networks.0.loss.ratio=0.0,0.5"]))
    assert [one["fixed"] for one in found["curves"]] == [
        {"networks.0.loss.ratio": 0.0},
        {"networks.0.loss.ratio": 0.5},
    ]
    assert all(one["front"] == [["full-websocket"], ["hybrid"]] for one in found["curves"])


def test_spread_points_make_no_curves(tmp_path):
    plan = swept.plan(tmp_path, ["people=100..400"], sample="latin", points=6)
    found = summary_of(plan)
    assert found["curves"] == []
    assert len(found["points"]) == 6
    assert "best of 6 points" in found["answer"]


def test_what_moves_a_figure_is_told_for_each_design(tmp_path):
    pytest.importorskip("SALib")
    over = ["people=100..300", "networks.0.loss.ratio=0.0..0.1", "time.drain_s=100.0..110"]
    found = summary_of(swept.plan(tmp_path, over, sample="morris", points=6))
    of = {one["design"]: one["rows"] for one in found["sensitivity"]}
    assert [row["key"] for row in of["full-websocket"]][:2] == ["people.count", over[1][:21]]
    # 0.1 s a person make 20 s of 200, 100 s of all loss make 10 s of a tenth.
    moves = [row["moves"] for row in of["full-websocket"]]
    assert moves == pytest.approx([20, 10, 0], abs=0.3)
    assert of["hybrid"][0]["moves"] == pytest.approx(10, abs=0.3)
    assert "is moved most by people.count" in found["answer"]


def test_the_digest_is_of_the_cells_and_the_question(tmp_path):
    plan = swept.plan(tmp_path)
    finished = finish(plan)
    assert digest(plan, finished) == digest(plan, finish(swept.plan(tmp_path)))
    other = swept.plan(tmp_path, metrics=("loss_pressed",))
    assert digest(plan, finished) != digest(other, finish(other))


def test_never_and_nothing_are_told_as_such(tmp_path, monkeypatch):
    def never(history):
        found = fake_sweep.measure(history)
        found["metrics"]["back_t50"] = "never" if history.people > 200 else None
        return found

    monkeypatch.setattr("sim.metrics.measure", never)
    found = summary_of(swept.plan(tmp_path, metrics=("back_t50", "reconnect_mean")))
    entries = [point["figures"]["hybrid"] for point in found["points"]]
    assert [one.get("back_t50", {}).get("never") for one in entries] == [None, None, True]
    assert found["points"][0]["front"] == {"back_t50": [], "reconnect_mean": []}
