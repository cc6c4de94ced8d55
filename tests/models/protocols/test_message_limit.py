"""How many messages a connection may bring."""

import pytest

from models.protocols.message_limit import CUT, HOLD, MESSAGE_LIMITS, MessageLimit, Meter


@pytest.mark.parametrize(("key", "value"), [("messages", 0), ("window_s", 0)])
def test_a_limit_that_is_none_is_refused(key, value):
    with pytest.raises(ValueError, match=f"{key} = {value}: must be"):
        MessageLimit("made", **{key: value})


def test_there_are_three_things_to_do_about_more():
    with pytest.raises(ValueError, match="over = 'wait': must be one of refuse, cut, hold"):
        MessageLimit("made", over="wait")


@pytest.mark.parametrize(
    ("per_s", "passes"),
    [(10.0, [20.0, 20.0]), (2.0, [20.0, 20.0]), (1.5, [15.0, 15.0])],
)
def test_each_window_lets_so_many_pass_and_tells_the_others_when_it_is_over(per_s, passes):
    meter = Meter(MessageLimit("made", messages=20.0, window_s=10.0))
    found, waits = [0.0, 0.0], []
    for number in range(int(20.0 * per_s)):
        now_s = 5.0 + number / per_s
        wait_s = meter.wait_s(now_s)
        found[now_s >= 15.0] += not wait_s
        waits += [now_s + wait_s] if wait_s else []
    assert found == passes
    assert waits == pytest.approx([15.0] * (len(waits) // 2) + [25.0] * (len(waits) // 2))


def test_a_window_begins_with_the_first_message_after_the_last_one():
    meter = Meter(MessageLimit("made", messages=1.0, window_s=10.0))
    assert [meter.wait_s(now_s) for now_s in (3.0, 14.0, 23.0, 24.0)] == [0.0, 0.0, 1.0, 0.0]


def test_only_one_preset_has_no_bound_and_all_say_where_they_are_from():
    assert all(one.source for one in MESSAGE_LIMITS.values())
    assert [name for name, one in MESSAGE_LIMITS.items() if not one.is_bounded] == ["none"]
    assert MESSAGE_LIMITS["discord"].over == CUT
    assert [name for name, one in MESSAGE_LIMITS.items() if one.holds] == ["emqx"]
    assert not MessageLimit("made", over=HOLD).holds


def test_who_comes_when_told_passes_whatever_the_floats_say():
    meter = Meter(MessageLimit("made", messages=1.0, window_s=0.1))
    now_s = 1e5 / 3.0
    for _ in range(1000):
        assert meter.wait_s(now_s) == 0.0
        now_s += 1e-3
        now_s += meter.wait_s(now_s)
