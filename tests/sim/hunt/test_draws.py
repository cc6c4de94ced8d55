"""What luck draws: small, valid, around the messages, and the same for the same luck."""

from collections import Counter

import pytest

from sim.hunt.draws import Draws, drawn, with_faults
from sim.hunt.schedule import (
    FIRST_FAULT_S,
    FIRST_SEND_S,
    USUAL,
    Schedule,
    letters,
    made,
    read,
    require_fit,
)
from sim.hunt.space import Limits

NARROW = Limits(("link", "crash"), people=3, messages=2, faults=2, nodes=2)
NODES = Limits(("crash", "host", "pause"), faults=6, nodes=2)


@pytest.mark.parametrize("schedule", drawn(NARROW, "1", 200), ids=str)
def test_schedules_stay_within_their_limits(schedule: Schedule) -> None:
    require_fit(schedule, 2)
    assert 2 <= schedule.people <= 3
    assert 1 <= len(schedule.sends) <= 2
    assert 1 <= len(schedule.faults) <= 2
    assert {letters(fault) for fault in schedule.faults} <= {"link", "crash"}


@pytest.mark.parametrize("schedule", drawn(Limits(), "1", 200), ids=str)
def test_everybody_is_connected_before_anything_happens(schedule: Schedule) -> None:
    assert min(send.at_s for send in schedule.sends) >= FIRST_SEND_S
    assert all(fault.begins_s >= FIRST_FAULT_S for fault in schedule.faults)


@pytest.mark.parametrize("schedule", drawn(NODES, "1", 200), ids=str)
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


def test_every_depth_and_every_mix_of_classes_is_as_likely() -> None:
    found = drawn(Limits(("link", "reset", "crash")), "1", 3000)
    depths = Counter(len(one.faults) for one in found)
    assert all(abs(depths[depth] - 1000) < 4 * (3000 * 2 / 9) ** 0.5 for depth in (1, 2, 3))
    draws = Draws.of(Limits(("link", "reset", "crash")), "1")
    mixes = Counter(draws.mix() for _ in range(7000))
    assert len(mixes) == 7
    assert all(abs(count - 1000) < 4 * (7000 * 6 / 49) ** 0.5 for count in mixes.values())


def test_no_schedule_is_drawn_twice_and_few_there_are_end_the_drawing() -> None:
    narrow = Limits((), people=2, messages=1)
    found = drawn(narrow, "1", 10_000)
    names = {str(one) for one in found}
    assert len(names) == len(found) < 10_000


def test_a_later_fault_falls_mostly_between_two_steps_of_the_run_so_far() -> None:
    draws = Draws.of(Limits(), "1")
    schedule = read("people=2 send=5:0 link=0@5+1")
    steps_s = (71.25, 80.5)
    near = 0
    for _ in range(200):
        more = draws.worse(schedule, ("reset", "crash"), steps_s)
        assert len(more.faults) == 2
        times_s = [time_s for one in more.faults for time_s in (one.begins_s, one.healed_s(0))]
        near += any(abs(time_s - step_s) < 1e-6 for time_s in times_s for step_s in steps_s)
    assert 120 < near < 180


def test_a_variation_is_valid_and_as_deep() -> None:
    draws = Draws.of(Limits(), "1")
    schedule = read("people=3 room=0-1-2 room=0-1 send=5:0 send=6:1/1 link=0@5+1 crash=1@7+1")
    found = {str(draws.varied(schedule, USUAL)) for _ in range(300)}
    assert len(found) > 100
    for one in map(read, found):
        require_fit(one, 3)
        assert len(one.faults) == 2
        assert one.people == 3
        assert len(one.sends) in (2, 3)


def test_two_failures_of_a_node_at_a_time_do_not_go_together() -> None:
    schedule = read("people=2 send=5:0 crash=0@5+2")
    (first,) = schedule.faults
    assert with_faults(schedule, [made("host", 0, 6.0, 1.0), first]) is None
    apart = with_faults(schedule, [made("host", 0, 8.0, 1.0), first])
    assert apart is not None
    assert [letters(one) for one in apart.faults] == ["crash", "host"]


def test_nobody_acts_with_the_app_closed() -> None:
    calm = read("people=2 send=5:0 ask=2")
    for span, fits in ((0.9, True), (1.0, True), (1.001, False), (2.0, False), (10.0, False)):
        away = made("app", 0, 4.0, span)
        assert (with_faults(calm, [away]) is not None) == fits
    assert with_faults(calm, [made("app", 0, 6.5, 1.0)]) is None  # it would have asked at 7 s
    assert with_faults(calm, [made("app", 1, 4.0, 10.0)]) is not None
