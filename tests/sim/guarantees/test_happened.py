"""What happened before what: the order of steps, and who learns of what through whom."""

import numpy as np
import pytest

from sim.guarantees import happened
from sim.guarantees.evidence import Evidence
from sim.guarantees.happened import LISTED, SENT, SHOWN, chain, shown_late, steps
from sim.history import LIST
from tests.sim.metrics.histories import arrival, history, message

MESSAGES = [message(12.0), message(14.0, actor=1), message(13.0, actor=2, action=LIST)]
ROWS = [arrival(0, 1, 14.0), arrival(1, 2, 15.0), arrival(0, 2, 15.0), arrival(2, 2, 14.5)]


def evidence(rows=ROWS, messages=MESSAGES, listed=((2, 0),)):
    return Evidence(history(messages=messages, deliveries=rows, listed=listed))


def test_steps_are_in_the_order_of_time_then_sending_then_the_screen():
    assert list(steps(evidence(), 0.0, np.inf)) == [
        (SENT, 0, 0, 12.0),
        (SENT, 1, 1, 14.0),  # before what came that moment
        (SHOWN, 1, 0, 14.0),
        (LISTED, 2, 0, 14.5),
        (SHOWN, 2, 1, 15.0),
        (SHOWN, 2, 0, 15.0),
    ]
    assert [step[3] for step in steps(evidence(), 14.0, 14.5)] == [14.0, 14.0, 14.5]


def test_late_is_only_what_something_shown_before_depends_on():
    suspects = np.array([2])  # of what screens showed: message 0 to person 2
    assert list(shown_late(evidence(), suspects)) == []
    sooner = [arrival(0, 1, 13.5), *ROWS[1:]]
    assert list(shown_late(evidence(sooner), suspects)) == [2]
    assert chain(evidence(sooner), 0, 2) == [0, 1]


def test_a_chain_is_asked_for_only_where_there_is_one():
    with pytest.raises(AssertionError, match="not shown late"):
        chain(evidence(), 0, 2)


@pytest.mark.parametrize("count", [400, 3200])
def test_a_run_is_walked_through_once_however_long(count, monkeypatch):
    """One in four is overtaken for person 2, half a second later than for the others."""
    monkeypatch.setattr(happened, "AT_ONCE", 16)
    walked, widest = [], [0]
    known = happened._Inbox.known

    def counting(inbox, person, row, news):
        walked.append(row - inbox._next[person])
        found = known(inbox, person, row, news)
        widest[0] = max(widest[0], found.bit_length())
        return found

    monkeypatch.setattr(happened._Inbox, "known", counting)
    messages = [message(11.0 + number / 50, actor=number % 2) for number in range(count)]
    late_s = [0.5 * (number % 4 == 0) for number in range(count)]
    rows = [arrival(n, 1 - n % 2, 11.001 + n / 50) for n in range(count)]
    rows += [arrival(n, 2, 11.002 + n / 50 + late_s[n]) for n in range(count)]
    of = evidence(rows, messages, listed=())
    late = np.flatnonzero(np.array(late_s)[of.screens.message] * (of.screens.person == 2))
    assert sorted(shown_late(of, late)) == late.tolist()
    assert sum(walked) <= 2 * len(rows)  # walks overlap by half a second
    assert widest[0] <= 16
