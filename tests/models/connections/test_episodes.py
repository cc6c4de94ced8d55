"""A gap is written down once, when it is over, with what the client knew of it."""

from math import isnan, nan

import pytest
from stage import Stage

from models.connections.episodes import Episode

OUTAGE = {"kind": "link-outage", "person": 0, "start_s": 4.0, "end_s": 6.0}


@pytest.fixture
def stage():
    return Stage("full-websocket", joins=False, faults=[OUTAGE]).run(5.0)


def test_a_gap_is_one_row_however_often_it_ends(stage):
    episode = Episode(stage.channel("websocket").endpoint, 0)
    episode.end(7.0, 8.0)
    assert stage.gaps() == []
    episode.begin(4.0, "heartbeat")
    assert episode.running
    episode.end(7.0, nan)
    episode.end(9.0, 9.0)
    assert not episode.running
    [gap] = stage.gaps()
    assert (gap["cut_s"], gap["noticed_s"], gap["open_s"], gap["reason"]) == (
        4.0, 5.0, 7.0, "heartbeat",
    )  # fmt: skip
    assert isnan(gap["synced_s"])


@pytest.mark.parametrize(("since_s", "down_s"), [(3.0, 4.0), (4.0, 4.0), (4.5, 5.0), (nan, 5.0)])
def test_an_outage_counts_if_it_began_late_enough(stage, since_s, down_s):
    assert Episode(stage.channel("websocket").endpoint, 0).link_down_s(since_s) == down_s
