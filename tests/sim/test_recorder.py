"""What is taken down while a run goes on becomes columns."""

import math

import numpy as np
from taken import TwoActions, recorded

from sim import history as record
from sim.history import HIDDEN
from sim.recorder import Recorder
from tests.sim.metrics.histories import META


def test_recorder_turns_flat_rows_into_columns():
    tables = recorded().tables
    assert tables["deliveries"]["time_s"].tolist() == [12.4, 12.9]
    assert tables["deliveries"]["visible"].tolist() == [True, False]
    assert tables["listed"]["holds"].tolist() == [0, -1]
    assert tables["drops"]["person"].tolist() == [-1]
    assert tables["messages"]["told_s"][0] == 12.5
    assert np.isnan(tables["messages"]["told_s"][1])
    assert tables["traffic"]["bytes"].tolist() == [10**12]
    assert tables["members"]["person"].tolist() == [0, 1, 1, 2]
    assert tables["sessions"]["end_s"].tolist() == [100.0, 40.0, 100.0]
    assert len(tables["attempts"]["time_s"]) == 0


def test_what_was_taken_back_is_gone_and_the_rest_keeps_its_order():
    recorder = Recorder(TwoActions())
    for message, time_s, visible in (
        (1, 14.0, True),
        (0, 14.0, True),
        (0, math.nan, True),
        (1, 13.0000001, False),
        (1, 13.0, True),
    ):
        recorder.deliveries.extend((message, 1, time_s, record.LIVE, visible))
    rows = recorder.history(META).tables["deliveries"]
    assert rows["message"].tolist() == [1, 0, 1, 1]
    assert rows["order"].tolist() == [1, 2, HIDDEN, 0]
