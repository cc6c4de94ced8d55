"""A sweep that is to be run, checked before anything runs."""

import pytest
import swept

from sim.errors import InputError
from sim.experiment.sweep.plan import planned, require_metrics
from sim.registry import designs
from sim.scenario.load import change


def digests(plan):
    return {one.digest for one in plan.cells}


def test_a_cell_for_each_point_design_and_replication(tmp_path):
    plan = swept.plan(tmp_path)
    assert len(plan.cells) == len(digests(plan)) == 3 * 2 * 4
    assert [one.scenario.people.count for one in plan.cells[::8]] == [100, 200, 300]
    loads = [one.load for one in plan.cells[::8]]
    assert loads == sorted(loads)


def test_a_cell_is_the_same_in_every_sweep_that_has_it(tmp_path):
    plan = swept.plan(tmp_path)
    longer = swept.plan(tmp_path, request={"replications": 6, "designs": ("hybrid",)})
    assert len(digests(plan) & digests(longer)) == 3 * 4
    wider = swept.plan(tmp_path, ["people=100,400", "networks.0.loss.ratio=0.01,0.02"])
    assert len(digests(plan) & digests(wider)) == 2 * 4
    assert plan.key != longer.key


def test_a_cell_is_another_when_anything_that_decides_it_is(tmp_path):
    plan = swept.plan(tmp_path)
    for request in ({"seed": 2}, {"changes": ()}):
        assert not digests(plan) & digests(swept.plan(tmp_path, request=request))


def test_options_of_designs_are_swept_behind_their_word(tmp_path):
    plan = swept.plan(tmp_path, {"options.wait_s": [1.5, 2.5]})
    waits = {(one.design.name, one.design.wait_s) for one in plan.cells}
    assert waits == {(name, wait) for name in ("full-websocket", "hybrid") for wait in (1.5, 2.5)}
    assert [one.wait_s for one in plan.designs] == [1.0, 1.0]


def test_every_mistake_is_told_at_once(tmp_path):
    over = ["people=1.5,20", "options.wait_s=11,1"]
    with pytest.raises(InputError) as caught:
        swept.plan(
            tmp_path, over, metrics=("lots",), store="nowhere://x",
            request={"designs": ("hybrid", "hybird")},
        )  # fmt: skip
    told = "\n".join(caught.value.messages)
    assert "--metric: unknown 'lots'" in told
    assert "designs.1: unknown design 'hybird'" in told
    assert "--over people.count: 1.5 is not allowed" in told
    assert "--over options.wait_s: hybrid: design 'hybrid': wait_s = 11; allowed: 0 to 10" in told
    assert "--store nowhere://x: Protocol not known: nowhere; allowed: a folder, or a URL" in told
    assert len(caught.value.messages) == 5
    with pytest.raises(InputError, match=r"--sample gird: allowed: grid, .*; did you mean 'grid'"):
        swept.plan(tmp_path, sample="gird")


@pytest.mark.parametrize("key", ["seed", "replications", "margins.loss_pressed", "decides.0"])
def test_what_all_points_share_is_not_swept(tmp_path, key):
    with pytest.raises(InputError) as caught:
        swept.plan(tmp_path, [f"{key}=1,2"])
    told = f"--over {key}: is the same at all points; allowed: --set {key}=VALUE"
    assert [*caught.value.messages] == [told]


def test_steps_between_whole_ends_are_rounded_only_where_the_key_is_whole(tmp_path):
    plan = swept.plan(tmp_path, ["networks.0.loss.ratio=0..1:3", "people=10..13:3"])
    values = [[*dict.fromkeys(row[at] for row in plan.points.values)] for at in (0, 1)]
    assert values == [[0, 0.5, 1], [10, 12, 13]]
    spread = swept.plan(tmp_path, ["networks.0.loss.ratio=0..1"], sample="latin", points=4)
    assert len({row[0] for row in spread.points.values}) == 4
    with pytest.raises(InputError, match=r"people.count: 10\.\.11:3 has 2 whole numbers"):
        swept.plan(tmp_path, ["people=10..11:3"])


def test_a_metric_may_be_called_as_its_column_is():
    assert require_metrics(["lost", "late_1s", "loss_pressed"]) == ("loss_pressed", "late_1s")
    with pytest.raises(InputError, match="did you mean 'loss_told'"):
        require_metrics(["loss_tolt"])


def test_the_command_repeats_it_and_goes_on(tmp_path):
    over = ["people=10..20", "networks.0.loss.ratio=0..0.1"]
    plan = swept.plan(tmp_path, over, sample="latin", points=4, store="memory://x", dask="local")
    ends = (
        "--over people.count=10..20 --over networks.0.loss.ratio=0..0.1 --sample latin "
        "--points 4 --metric stale_per_hour"
    )
    assert plan.command.startswith("rtcsim sweep commuter-day --designs full-websocket,hybrid")
    assert plan.command.endswith(ends)
    assert plan.resume == f"{plan.command} --out {tmp_path} --store memory://x --dask local"
    assert plan.store == "memory://x"
    assert swept.plan(tmp_path).store == str(tmp_path / "cells")


def test_the_scenario_decides_when_no_metric_is_named(tmp_path):
    assert swept.plan(tmp_path, metrics=()).metrics[0] == "loss_pressed"


def test_designs_are_as_shipped_unless_equal_footing_is_asked_for(tmp_path):
    def names(*changes):
        request = {"designs": ("hybrid", "long-poll"), "changes": tuple(map(change, changes))}
        plan = planned("commuter-day", swept.asked(tmp_path, request=request), designs())
        return [one.name for one in plan.designs]

    assert names() == ["hybrid", "long-poll"]
    assert names("footing=equal") != ["hybrid", "long-poll"]
    assert len(names("footing=equal")) == 2
