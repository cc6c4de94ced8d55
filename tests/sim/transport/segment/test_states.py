"""The order of the congestion states carries meaning: recovery compares them."""

from sim.transport.segment import states


def test_states_rise_with_severity():
    assert states.OPEN < states.DISORDER < states.REDUCED < states.RECOVERY < states.LOSS


def test_purposes_of_the_timer_differ():
    assert len({states.NO_TIMER, states.RETRANSMIT, states.PROBE, states.REORDER}) == 4
