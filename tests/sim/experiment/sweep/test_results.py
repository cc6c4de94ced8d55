"""The folder of a finished sweep, and what Python reads of it."""

import errno

import fake_sweep
import pytest
import swept

from sim.errors import InputError
from sim.experiment.sweep.results import Swept, look_ahead, run


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


def test_a_folder_has_data_pictures_and_a_page(tmp_path):
    outcome = run(swept.plan(tmp_path))
    assert outcome.undrawn is None
    assert outcome.folder == tmp_path / f"commuter-day-sweep-{outcome.summary['digest'][:12]}"
    assert set(swept.tree(outcome.folder)) == {
        "cells.parquet", "plots/curves-stale_per_hour.svg", "provenance.json", "report.html",
        "scenario.toml", "sweep.csv", "sweep.json",
    }  # fmt: skip


def test_the_same_again_is_the_same_bytes(tmp_path):
    first = run(swept.plan(tmp_path))
    before = swept.tree(tmp_path)
    again = run(swept.plan(tmp_path))
    assert (again.folder, again.resumed) == (first.folder, 24)
    assert swept.tree(tmp_path) == before


def test_data_is_there_when_nothing_can_be_drawn(tmp_path, monkeypatch):
    def crash(summary):
        raise ZeroDivisionError("no picture")

    monkeypatch.setattr("sim.experiment.sweep.page.pictures", crash)
    outcome = run(swept.plan(tmp_path))
    assert isinstance(outcome.undrawn, ZeroDivisionError)
    assert "sweep.json" in swept.tree(outcome.folder)


def test_a_disk_that_is_full_in_the_end_keeps_every_cell(tmp_path, monkeypatch):
    def full(summary):
        raise OSError(errno.ENOSPC, "No space left on device")

    plan = swept.plan(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("sim.experiment.sweep.results.as_csv", full)
        with pytest.raises(InputError) as caught:
            run(plan)
    kept = f"all cells are finished and kept; go on with: {plan.resume}"
    assert caught.value.messages == [f"{tmp_path}: No space left on device; {kept}"]
    assert [one.name for one in tmp_path.iterdir()] == ["cells"]
    assert run(plan).resumed == 24


def test_python_reads_data_frames(tmp_path):
    outcome = run(swept.plan(tmp_path, ["people=100,200,300"]))
    found = Swept(outcome.folder, outcome.summary)
    assert found.answer == outcome.summary["answer"]
    assert found.estimates.shape == (6, 9)
    assert found.cells.groupby(["design", "people.count"]).size().eq(4).all()
    [one] = found.crossings.to_dict("records")
    assert (one["before"], one["beyond"]) == ("full-websocket", "hybrid")
    assert found.sensitivity.empty
    assert found._repr_html_().startswith("<p>")
    drawn = sorted(path.stem for path in (found.folder / "plots").glob("*.svg"))
    assert found.picture(drawn[0]).svg.startswith("<svg")
    with pytest.raises(InputError, match=f"no picture 'x'; allowed: {drawn[0]}"):
        found.picture("x")


def test_what_never_came_is_infinite_in_a_data_frame(tmp_path, monkeypatch):
    def never(history):
        found = fake_sweep.measure(history)
        found["metrics"]["back_t50"] = "never"
        return found

    monkeypatch.setattr("sim.metrics.measure", never)
    outcome = run(swept.plan(tmp_path, metrics=("back_t50",)))
    found = Swept(outcome.folder, outcome.summary)
    assert found.estimates["value"].eq(float("inf")).all()
    assert found.cells["back_t50"].eq(float("inf")).all()
    assert found.crossings.empty


def test_a_sweep_that_cannot_fit_is_refused(tmp_path, monkeypatch):
    from sim.experiment import estimate

    said = []
    monkeypatch.setattr("sim.experiment.preparing.prepare", lambda plan, tell: None)
    monkeypatch.setattr(
        estimate, "estimate", lambda plan: estimate.Estimate(7, 2, 100.0 * 86_400, 1.0)
    )
    with pytest.raises(InputError, match="would take about 100 days"):
        look_ahead(swept.plan(tmp_path), said.append)
    look_ahead(swept.plan(tmp_path, request={"anyway": True}), said.append)
    [line] = said
    assert line.startswith("about 100 days on 2 workers, 0 MB: 24 replications; Ctrl-C keeps")


def test_the_look_ahead_is_at_the_longest_point_and_all_the_work(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("sim.experiment.preparing.prepare", lambda plan, tell: seen.append(plan))
    monkeypatch.setattr("sim.experiment.estimate.estimate", lambda plan: None)
    look_ahead(swept.plan(tmp_path, ["people=100,300"]), seen.append)
    [plan] = seen
    assert plan.scenario.people.count == 300
    assert len(plan.designs) == 2
    assert 4 < plan.scenario.replications < 8
    look_ahead(swept.plan(tmp_path, dask="local"), seen.append)
    assert len(seen) == 1
