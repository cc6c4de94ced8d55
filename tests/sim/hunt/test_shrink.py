"""Nothing is left in a schedule that it does not need."""

from dataclasses import replace

import pytest

from sim.hunt.draws import drawn
from sim.hunt.schedule import Schedule, closed_to, letters, made, read, require_fit
from sim.hunt.shrink import simpler, simplest
from sim.hunt.space import Limits

BIG = (
    "people=4 room=0-1-2-3 room=0-1-2 send=55:3 send=105.05:1/1 send=106:0/1 "
    "link=3@54.985+20 crash=1@105.0251+0.5 reset=2@105.2 luck=63"
)


@pytest.mark.parametrize("schedule", drawn(Limits(), "1", 50), ids=str)
def test_everything_simpler_can_be_played(schedule: Schedule) -> None:
    for one in simpler(schedule):
        require_fit(one, 3)
        assert one != schedule


@pytest.mark.parametrize("schedule", drawn(Limits(), "1", 30), ids=str)
def test_what_always_breaks_shrinks_to_next_to_nothing(schedule: Schedule) -> None:
    assert str(simplest(schedule, lambda _: True)) == "people=2 send=5:0"


def test_what_is_needed_stays() -> None:
    least = simplest(read(BIG), lambda one: "crash" in map(letters, one.faults))
    assert str(least) == "people=2 send=5:0 crash=0@4+1"


def test_two_messages_stay_in_their_distance_when_it_matters() -> None:
    def breaks(one: Schedule) -> bool:
        return len(one.sends) == 2 and one.sends[1].at_s - one.sends[0].at_s >= 50

    assert str(simplest(read(BIG), breaks)) == "people=2 send=5:0 send=55:0"


def test_a_fault_moves_along_with_the_message_that_it_hits() -> None:
    def breaks(one: Schedule) -> bool:
        return any(
            abs(fault.at_s - send.at_s) < 0.3  # type: ignore[union-attr]
            for fault in one.faults
            if letters(fault) == "reset"
            for send in one.sends
        )

    assert str(simplest(read(BIG), breaks)) == "people=2 send=5:0 reset=0@5"


def test_nothing_simpler_leaves_it_as_it_is() -> None:
    assert simplest(read(BIG), lambda _: False) == read(BIG)


@pytest.mark.parametrize("person", [0, 1, 2])
def test_somebody_less_leaves_the_others_what_they_did(person: int) -> None:
    schedule = read(f"people=3 send=5:{person} link={person}@5+1")
    fewer = [one for one in simpler(schedule) if one.people == 2]
    assert len(fewer) == 3
    assert all(len(one.sends) == len(one.faults) == 1 for one in fewer)


def test_whoever_asks_for_a_list_goes_on_asking_when_somebody_leaves() -> None:
    schedule = read("people=4 send=5:2 send=6:3 link=3@5+1 ask=0.1 luck=4")
    for one in simpler(schedule):
        if one.people < schedule.people or one.sends[0].sender == 0:
            assert (one.ask_s, one.luck) == (0.1, 4)
    assert {one.people for one in simpler(schedule)} == {3, 4}
    least = simplest(schedule, lambda one: one.ask_s > 0)
    assert str(least) == "people=2 send=5:0 ask=1"


def test_a_fault_long_before_all_messages_begins_with_one_where_that_does() -> None:
    schedule = read("people=2 send=5:0 link=0@3+50")
    least = simplest(schedule, lambda one: bool(one.faults))
    assert str(least) == "people=2 send=5:0 link=0@5+1"
    late = simplest(schedule, lambda one: any(fault.begins_s < 4 for fault in one.faults))
    assert late.faults[0].begins_s == 3.0


def test_what_a_fault_says_besides_stays() -> None:
    slow = made("store-slow", 0, 5.025, 2.0).model_copy(update={"factor": 7.0})
    schedule = replace(read("people=3 send=6:1 send=9:2 luck=4"), faults=(slow,))
    least = simplest(schedule, lambda one: bool(one.faults))
    assert str(least) == "people=2 send=5:0 store-slow=5+1"
    assert least.faults[0].factor == 7.0  # type: ignore[attr-defined]


def test_asking_goes_when_it_is_not_needed() -> None:
    assert str(simplest(read("people=2 send=5:0 ask=0.05"), lambda _: True)) == "people=2 send=5:0"


def test_nothing_is_moved_into_the_time_when_the_app_is_closed() -> None:
    schedule = read("people=2 send=5:0 send=30:0 app=0@7.3+11.7")
    tried: list[Schedule] = []

    def breaks(one: Schedule) -> bool:
        tried.append(one)
        return bool(one.faults) and len(one.sends) == 2

    assert simplest(schedule, breaks).faults
    assert tried
    assert not any(any(closed_to(one)) for one in tried)
