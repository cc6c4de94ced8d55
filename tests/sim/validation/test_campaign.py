"""Cells are found and run; neither the number of processes nor their order reaches the results."""

import numpy as np
import pytest

from models import DESIGNS
from sim.errors import InputError
from sim.validation import campaign
from sim.validation.measured import Measurements, recorded


@pytest.fixture(scope="module")
def few():
    return campaign.cells(recorded(), DESIGNS, ["latency-ws-loss-0-02", "rst-ws"])


def test_cells_are_chosen_by_parts_of_their_names(few):
    assert [one.name for one in few] == ["latency-ws-loss-0-02", "rst-ws"]
    assert len(campaign.cells(recorded(), DESIGNS)) == 39


def test_no_such_cell_names_those_that_exist():
    with pytest.raises(InputError, match="no such cell; allowed: latency-hybrid-loss-0"):
        campaign.cells(recorded(), DESIGNS, ["nothing"])


def test_a_cell_whose_design_is_not_there_is_left_out():
    known = {name: design for name, design in DESIGNS.items() if name != "socketio"}
    names = [one.name for one in campaign.cells(recorded(), known)]
    assert "rst-sio" not in names
    assert "rst-ws" in names


def test_workers_do_not_reach_the_results(few):
    seen = []
    alone = campaign.run(few, campaign.Effort(1, 1), lambda done, total: seen.append((done, total)))
    together = campaign.run(few, campaign.Effort(1, 2))
    assert seen == [(1, 2), (2, 2)]
    for a, b in zip(alone, together, strict=True):
        assert a.kernel == b.kernel
        assert str(a.sides) == str(b.sides)  # nan is not itself
        for x, y in zip(a.latencies_ms, b.latencies_ms, strict=True):
            assert np.array_equal(x, y)
        assert a.replications == 1


def test_another_seed_is_other_luck(few):
    (one,) = campaign.run(few[:1], campaign.Effort(1, 1))
    (other,) = campaign.run(few[:1], campaign.Effort(1, 1, seed=2))
    assert one.kernel != other.kernel


def test_a_row_may_name_a_scenario_of_its_own(tmp_path, few):
    from sim.scenario.write import to_toml

    file = tmp_path / "mine.toml"
    file.write_text(to_toml(few[0].scenario))
    row = {"cell": "my-server", "packet_loss": "0.02", "sent": "4800", "scenario": str(file)}
    (own,) = campaign.cells(Measurements({"latency": (row,)}), DESIGNS)
    assert (own.name, own.scenario.networks) == ("mine", few[0].scenario.networks)
    row["scenario"] = str(tmp_path / "gone.toml")
    with pytest.raises(InputError, match=r"gone\.toml: cannot be read"):
        campaign.cells(Measurements({"latency": (row,)}), DESIGNS)
