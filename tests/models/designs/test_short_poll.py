"""Requests only, answered at once."""

import pytest

from models.design import DesignError
from models.designs.long_poll import LONG_POLL, LONG_POLL_UNBUFFERED
from models.designs.short_poll import SHORT_POLL
from models.footing import on_equal_footing


def test_it_is_a_long_poll_that_nobody_holds():
    polls = SHORT_POLL.options.long_poll
    assert (polls.hold_s, polls.pause_s) == (0.0, 5.0)
    assert SHORT_POLL.routes == LONG_POLL.routes
    assert SHORT_POLL.options.recovery == LONG_POLL.options.recovery
    assert SHORT_POLL.claims == LONG_POLL.claims


def test_without_a_log_there_is_nothing_to_ask_for():
    with pytest.raises(DesignError, match="recovery = 'none'; allowed: cursor, where long_poll"):
        SHORT_POLL.variant("mine", {"recovery": "none"})
    with pytest.raises(DesignError, match=r"recovery\.kind = 'none'; allowed: cursor"):
        LONG_POLL_UNBUFFERED.variant("mine", {"hold_s": 0.0})


def test_on_equal_footing_it_stays_what_it_is():
    stand = on_equal_footing(SHORT_POLL)
    polls = stand.design.options.long_poll
    assert (polls.hold_s, polls.pause_s, polls.patience_s) == (0.0, 5.0, 40.0)
    assert stand.alike != on_equal_footing(LONG_POLL).alike
    assert stand.lacks == on_equal_footing(LONG_POLL).lacks
