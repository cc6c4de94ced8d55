"""A validation as data frames and pictures."""

import pytest

from models import DESIGNS
from sim.errors import InputError
from sim.validation.campaign import Effort
from sim.validation.fidelity import validate


@pytest.fixture(scope="module")
def found():
    cells = ["latency-ws-loss-0-02", "rst-ws"]
    return validate(DESIGNS, cells=cells, effort=Effort(2, 1))


def test_the_table_has_a_row_per_cell_and_quantity(found):
    assert found.table.index.names == ["cell", "quantity"]
    assert found.table.loc[("latency-ws-loss-0-02", "p50_ms"), "measured"] == 50.831
    assert found.summary.endswith("missed.")


def test_what_is_missed_has_a_cause(found):
    assert list(found.missed["inside"].unique()) in ([], [False])
    assert "cause" in found.missed.columns


def test_pictures_are_there_for_what_was_run(found):
    assert "measured" in found.curve("latency-ws-loss-0-02").svg
    assert "rst-ws" in found.dots("lost_per_outage", "Losses").svg
    assert "p90_ms" in found.ratios(["p50_ms", "p90_ms"], "Ratios").svg
    with pytest.raises(InputError, match="no latency cell 'rst-ws'"):
        found.curve("rst-ws")


def test_your_own_tables_may_have_no_single_latencies(tmp_path):
    (tmp_path / "mine.csv").write_text("cell,packet_loss,sent,p50_ms\nws,0,120,50.8\n")
    own = validate(DESIGNS, tmp_path / "mine.csv", effort=Effort(1, 1))
    assert own.table.loc[("latency-ws-loss-0", "p50_ms"), "inside"]
    with pytest.raises(InputError, match="were not recorded"):
        own.curve("latency-ws-loss-0")
