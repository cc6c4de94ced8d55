"""What is searched through: small, valid, around the messages, and the same for the same seed."""

import pytest
from hypothesis import given, settings

from sim.hunt.schedule import (
    FIRST_FAULT_S,
    FIRST_SEND_S,
    USUAL,
    Schedule,
    letters,
    require_fit,
)
from sim.hunt.search import drawn
from sim.hunt.space import GAPS_S, OFFSETS_S, SPANS_S, Limits, schedules

NARROW = Limits(("link", "crash"), people=3, messages=2, faults=2, nodes=2)


@given(schedules(NARROW))
@settings(max_examples=200, deadline=None)
def test_schedules_stay_within_their_limits(schedule: Schedule) -> None:
    require_fit(schedule, 2)
    assert 2 <= schedule.people <= 3
    assert 1 <= len(schedule.sends) <= 2
    assert 1 <= len(schedule.faults) <= 2
    assert {letters(fault) for fault in schedule.faults} <= {"link", "crash"}


@given(schedules(Limits()))
@settings(max_examples=200, deadline=None)
def test_everybody_is_connected_before_anything_happens(schedule: Schedule) -> None:
    assert min(send.at_s for send in schedule.sends) >= FIRST_SEND_S
    assert all(fault.begins_s >= FIRST_FAULT_S for fault in schedule.faults)


@given(schedules(Limits(("crash", "host", "pause"), faults=6, nodes=2)))
@settings(max_examples=200, deadline=None)
def test_a_node_that_is_down_does_not_fail_again(schedule: Schedule) -> None:
    until_s: dict[int, float] = {}
    for fault in schedule.faults:
        assert fault.target == "node"
        assert fault.begins_s > until_s.get(fault.whom, 0.0)
        until_s[fault.whom] = fault.healed_s(0)


def test_there_is_a_fault_unless_none_is_allowed() -> None:
    assert all(one.faults for one in drawn(Limits(), "1", 50))
    for calm in (Limits(classes=()), Limits(faults=0)):
        assert not any(one.faults for one in drawn(calm, "1", 50))


def test_faults_begin_or_end_on_a_fine_grid_around_messages() -> None:
    assert min(OFFSETS_S) == -0.2
    assert max(OFFSETS_S) == 0.4
    assert len(OFFSETS_S) == 121
    assert sorted(OFFSETS_S)[1] - min(OFFSETS_S) == pytest.approx(0.005)
    assert (min(SPANS_S), max(SPANS_S)) == (0.05, 100.0)


def test_what_is_simpler_to_read_comes_first() -> None:
    assert OFFSETS_S[:8] == (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, 0.4, 0.05)
    assert SPANS_S[:3] == (1.0, 2.0, 5.0)
    assert GAPS_S[:2] == (0.0, 1.0)


def test_moments_between_the_steps_of_a_message_are_tried_too() -> None:
    odd = 0.012345
    found = drawn(Limits(("reset",), moments_s=(odd,)), "1", 100)
    begun_s = [fault.begins_s - send.at_s for one in found for fault in one.faults
               for send in one.sends]  # fmt: skip
    assert any(after_s == pytest.approx(odd) for after_s in begun_s)


def test_the_seed_decides_what_is_tried() -> None:
    once, again, other = (drawn(Limits(), luck, 40) for luck in ("1", "1", "2"))
    assert once == again
    assert once != other


def test_every_class_and_size_is_tried() -> None:
    found = drawn(Limits(), "1", 400)
    assert {letters(fault) for one in found for fault in one.faults} == set(USUAL)
    assert {one.people for one in found} == {2, 3, 4}
    assert {len(one.sends) for one in found} == {1, 2, 3, 4}
    assert {len(one.rooms) for one in found} == {1, 2}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"people": 1}, "people = 1; allowed: 2 to 4"),
        ({"messages": 0}, "messages = 0; allowed: 1 to 10"),
        ({"faults": -1}, "faults = -1; allowed: 0 to 10"),
        ({"nodes": 0}, "nodes = 0; allowed: 1 to 2000"),
        ({"classes": ("link", "quake")}, "faults = 'quake'; allowed: link, reset, "),
    ],
)
def test_limits_that_cannot_be_are_refused(changes: dict, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Limits(**changes)
