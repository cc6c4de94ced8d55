"""Pictures of curves, spread points, and what moves a figure."""

import fake_sweep
import pytest
import swept

from sim.experiment.sweep.pictures import pictures
from sim.experiment.sweep.run import finish
from sim.experiment.sweep.summary import summarise


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


def drawn(plan):
    return pictures(summarise(plan, finish(plan)))


def test_curves_have_bands_and_name_their_designs(tmp_path):
    plan = swept.plan(tmp_path, ["people=2..2000:4:log", "networks.0.loss.ratio=0.0,0.1"])
    [found] = drawn(plan)
    assert found.name == "curves-stale_per_hour"
    for svg in (found.wide, found.narrow):
        assert svg.count(">full-websocket<") == 1
        assert "networks.0.loss.ratio = 0.1" in svg
        assert "people.count" in svg
    assert "full-websocket is better up to" in found.caption
    assert drawn(plan) == [found]


def test_many_curves_are_few_pictures(tmp_path):
    over = ["people=100,300", "networks.0.loss.ratio=0.0..0.1:9"]
    [found] = drawn(swept.plan(tmp_path, over, request={"replications": 1}))
    assert "6 of 9 curves are drawn" in found.caption


def test_spread_points_and_movers(tmp_path):
    over = ["people=100..300", "networks.0.loss.ratio=0.0..0.1"]
    [found] = drawn(swept.plan(tmp_path, over, sample="latin", points=5))
    assert found.name == "points-stale_per_hour"
    pytest.importorskip("SALib")
    [found] = drawn(swept.plan(tmp_path, over, sample="morris", points=4))
    assert found.name == "moves-stale_per_hour"
    assert "networks.0.loss.ratio" in found.wide


def test_what_was_not_measured_is_not_drawn(tmp_path):
    metrics = ("reconnect_mean",)
    assert drawn(swept.plan(tmp_path, metrics=metrics)) == []
    over = ["people=100..300"]
    assert drawn(swept.plan(tmp_path, over, metrics=metrics, sample="latin", points=4)) == []
