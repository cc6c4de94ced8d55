"""What clients run in: when they are told of their link, and when timers of a hidden tab end."""

import math

import pytest

from models.protocols.software import CLIENTS, Software


def test_python_and_node_are_told_of_nothing_and_are_never_late():
    for name in ("python", "node"):
        one = CLIENTS[name]
        assert (one.lost_after_s, one.redials_after_s) == (math.inf, math.inf)
        assert one.sends_pings
        assert one.hidden_due_s(123.4, 0.0, 0.3) == 123.4


def test_no_page_can_ping_and_every_browser_tells_of_links():
    for name in ("chromium", "firefox", "safari"):
        assert not CLIENTS[name].sends_pings
        assert 0.0 < CLIENTS[name].lost_after_s <= 2.0
        assert CLIENTS[name].redials_after_s <= 2.0


def test_every_client_says_where_its_numbers_come_from():
    assert all(one.source != "own setting" for one in CLIENTS.values())


@pytest.mark.parametrize(
    ("listens", "lost_s", "back_s"), [("no", 9.0, math.inf), ("offline", 1.0, math.inf),
                                      ("both", 1.0, 2.0)],
)  # fmt: skip
def test_what_is_told_counts_for_those_who_listen(listens, lost_s, back_s):
    one = Software(1.0, 2.0, listens, gives_up_after_s=9.0)
    assert (one.lost_after_s, one.redials_after_s) == (lost_s, back_s)


def test_timers_of_a_hidden_tab_end_on_whole_ticks_of_the_devices_clock():
    one = Software(hidden_tick_s=1.0, sparse_tick_s=60.0, sparse_after_s=300.0)
    assert one.hidden_due_s(110.0, hidden_since_s=100.0, phase_s=0.25) == 110.75
    assert one.hidden_due_s(110.75, hidden_since_s=100.0, phase_s=0.25) == 110.75
    assert one.hidden_due_s(399.9, hidden_since_s=100.0, phase_s=0.25) == 400.75
    assert one.hidden_due_s(400.0, hidden_since_s=100.0, phase_s=0.25) == 419.75


@pytest.mark.parametrize(
    ("key", "value"),
    [("offline_after_s", -1.0), ("online_after_s", math.nan), ("listens", "yes"),
     ("gives_up_after_s", 0.0), ("hidden_tick_s", -1.0), ("sparse_tick_s", -1.0),
     ("sparse_after_s", -1.0)],
)  # fmt: skip
def test_wrong_numbers_are_named(key, value):
    with pytest.raises(ValueError, match=f"^{key} = "):
        Software(**{key: value})
