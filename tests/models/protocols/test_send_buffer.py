"""Bounds of what waits for a slow reader."""

import pytest

from models.protocols.send_buffer import SEND_BUFFERS, SendBuffer


@pytest.mark.parametrize(
    ("key", "value"),
    [("size_bytes", 0), ("messages", 0), ("soft_bytes", 0), ("soft_s", 0), ("kernel_bytes", -1)],
)
def test_a_bound_that_is_none_is_refused(key, value):
    with pytest.raises(ValueError, match=f"{key} = {value}: must be"):
        SendBuffer("made", **{key: value})


def test_there_are_three_things_to_do_about_a_slow_reader():
    with pytest.raises(ValueError, match="full = 'wait': must be one of disconnect, drop newest"):
        SendBuffer("made", full="wait")


def test_only_one_preset_has_no_bound_and_all_say_where_they_are_from():
    assert all(one.source for one in SEND_BUFFERS.values())
    assert [name for name, one in SEND_BUFFERS.items() if not one.is_bounded] == ["unbounded"]
    assert SendBuffer("made", soft_bytes=5.0).is_bounded
