"""Losses that matter are written down, and what the servers hold."""

import pytest
from stage import EVERYONE, Stage

from sim.history import LIST, SEEN, SEND, TYPING


@pytest.mark.parametrize(("kind", "rows"), [(SEND, 1), (SEEN, 1), (TYPING, 0), (LIST, 0)])
def test_only_losses_that_matter_are_written_down(kind, rows):
    stage = Stage("full-websocket", [(2.0, 0)], kinds=[kind])
    stage.system.service.drop(0, 1, "gave up")
    assert stage.drops() == [(0, 1, "gave up")] * rows


def test_what_several_pieces_of_work_have_is_held_until_the_last_is_done():
    records = Stage("hybrid", [(2.0, 0)]).system.service.records
    records.hold(0)
    records.hold(0)
    records.release(0)
    assert list(records.pending()) == [(0, EVERYONE)]
    assert records.in_hand.tolist() == [1]
    records.release(0)
    assert list(records.pending()) == []
