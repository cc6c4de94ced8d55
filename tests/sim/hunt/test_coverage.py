"""Transitions: which step follows which at a person, without numbers, and how often."""

from played import played

from sim.hunt.coverage import transitions
from sim.tape import HANDSHAKE, SENT, Mark, Said

DESIGN = "full-websocket-acked"


def test_the_same_steps_with_other_messages_are_the_same() -> None:
    one = transitions(played(DESIGN, "people=2 send=5:0").tape)
    later = transitions(played(DESIGN, "people=2 send=6:0 luck=3").tape)
    assert one == later
    assert one


def test_a_reset_reaches_what_a_calm_run_does_not() -> None:
    calm = transitions(played(DESIGN, "people=2 send=5:0").tape)
    cut = transitions(played(DESIGN, "people=2 send=5:0 reset=0@5.01").tape)
    new = cut - calm
    assert any("reset" in one for one in new)
    assert calm & cut  # what goes well is the same


def test_a_second_and_a_third_try_are_new_a_fourth_is_not() -> None:
    tries = [transitions(_dials(count)) for count in (1, 2, 3, 4, 5)]
    assert tries[0] < tries[1] < tries[2] < tries[3] == tries[4]


def test_steps_of_one_person_do_not_follow_those_of_another() -> None:
    apart = transitions([*_dials(1, "person 0"), *_dials(1, "person 1")])
    assert apart == transitions(_dials(1))


def _dials(count: int, who: str = "person 0") -> list[Mark]:
    said = Said("SYN of try 7", (), HANDSHAKE)
    return [Mark(float(place), SENT, who, "gateway 0", said, 1.0) for place in range(count)]
