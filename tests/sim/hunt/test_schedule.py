"""A schedule is one value, one line of text, and one scenario."""

import pytest

from models import DESIGNS
from sim.errors import InputError
from sim.hunt.draws import drawn
from sim.hunt.schedule import (
    CLASSES,
    PERSONAL,
    Schedule,
    Send,
    letters,
    made,
    read,
    remade,
    require_fit,
    span_s,
)
from sim.hunt.space import Limits
from sim.hunt.stage import stage
from sim.scenario.scenario import Scenario
from sim.scenario.write import plain

FINE = Limits(moments_s=(0.0123456, 0.025075), asks=True)
EVERYTHING = (
    "people=3 room=0-1-2 room=0-1 send=5:0 send=5.1:1/1 link=0@4.9+1 reset=1@5 address=2@5+0.05 "
    "crash=0@5+2 host=1@5.025+10 pause=2@5+0.5 backplane=5.000123+1 "
    "store-pause=5+1 authenticator-pause=5+1 backplane-pause=5+1 store-crash=5+1 "
    "authenticator-crash=5+1 backplane-crash=5+1 store-slow=5+1 authenticator-slow=5+1 "
    "backplane-slow=5+1 netsplit=5+1 app=2@5+1 sleep=2@7+1 hidden=2@9+1 ask=0.2 luck=7"
)


def test_the_text_says_everything() -> None:
    schedule = read(EVERYTHING)
    assert str(schedule) == EVERYTHING
    assert schedule.people == 3
    assert schedule.rooms == ((0, 1, 2), (0, 1))
    assert schedule.sends == (Send(5.0, 0, 0), Send(5.1, 1, 1))
    assert [letters(fault) for fault in schedule.faults] == list(CLASSES)
    assert (schedule.luck, schedule.ask_s) == (7, 0.2)


@pytest.mark.parametrize("schedule", drawn(FINE, "1", 100), ids=str)
def test_every_schedule_can_be_read_back(schedule: Schedule) -> None:
    assert read(str(schedule)) == schedule


@pytest.mark.parametrize("kind", CLASSES)
def test_a_fault_is_made_of_whom_when_and_how_long(kind: str) -> None:
    fault = made(kind, 1, 5.0, 2.0)
    assert letters(fault) == kind
    assert fault.whom == (0 if fault.target == "nobody" else 1)
    assert fault.begins_s == 5.0
    assert span_s(fault) == (0.0 if kind == "reset" else 2.0)
    assert (fault.target == "person") == (kind in PERSONAL)


def test_a_fault_made_again_keeps_what_no_word_says() -> None:
    slow = made("store-slow", 0, 5.0, 1.0).model_copy(update={"factor": 7.0})
    later = remade(slow, 0, 6.0, 2.0)
    assert (letters(later), later.begins_s, span_s(later)) == ("store-slow", 6.0, 2.0)
    assert later.factor == 7.0  # type: ignore[attr-defined]
    moved = remade(made("reset", 1, 5.0, 0.0), 0, 5.5, 0.0)
    assert moved == made("reset", 0, 5.5, 0.0)


def test_senders_ask_for_lists_only_where_it_says_so() -> None:
    world = stage("hybrid", DESIGNS)
    asking = read("people=2 send=5:0 send=6:1 ask=0.2").scenario(world).script
    assert [(one.at_s, one.sender) for one in asking.lists] == [(5.2, 0), (6.2, 1)]
    assert read("people=2 send=5:0").scenario(world).script.lists == ()


@pytest.mark.parametrize("schedule", drawn(Limits(), "1", 50), ids=str)
def test_every_schedule_is_a_valid_scenario(schedule: Schedule) -> None:
    scenario = schedule.scenario(stage("hybrid", DESIGNS))
    assert Scenario.model_validate(plain(scenario)) == scenario
    assert scenario.time.measured_until_s >= schedule.over_s


def test_messages_are_put_in_order() -> None:
    assert [send.at_s for send in read("send=7:0 send=5:1").sends] == [5.0, 7.0]


def test_a_room_of_all_is_not_worth_a_word() -> None:
    assert str(read("people=2 room=0-1 send=5:0")) == "people=2 send=5:0"


@pytest.mark.parametrize(
    "word",
    ["sned=5:0", "send=5", "send=x:0", "people=two", "room=0,1", "quake=0@5+1", "store-nap=5+1"],
)  # fmt: skip
def test_a_wrong_word_is_named_with_what_is_allowed(word: str) -> None:
    with pytest.raises(InputError) as refused:
        read(f"people=2 send=5:0 {word}")
    (message,) = refused.value.messages
    assert message.startswith(f"--schedule: '{word}'; allowed: people=N, ")


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("link=0@5", "link=WHOM@AT+FOR"),
        ("link=5+1", "link=WHOM@AT+FOR"),
        ("reset=0@5+1", "reset=WHOM@AT"),
        ("backplane=0@5+1", "backplane=AT+FOR"),
        ("store-crash=1@5+1", "store-crash=AT+FOR"),
    ],
)
def test_a_fault_that_says_too_much_or_too_little_is_told_its_own_form(
    word: str, allowed: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(f"people=2 send=5:0 {word}")
    assert refused.value.messages == [f"--schedule: '{word}'; allowed: {allowed}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people=2 send=5:0 link=2@5+1", "there is no person 2; allowed: 0 to 1"),
        ("people=2 send=5:0 app=0@4+2", "person 0 cannot act at 5 s: the app is closed"),
        ("people=2 send=5:0 hidden=0@4+2", "person 0 cannot act at 5 s: the tab is hidden"),
        ("people=2 send=5:0 sleep=0@4+2", "person 0 cannot act at 5 s: the device is asleep"),
        ("people=2 send=5:0 crash=3@5+1", "there is no node 3; allowed: 0 to 2"),
        ("people=2 send=5:2", "person 2 is not in room 0"),
        ("people=2 room=0-5 send=5:0", "there is no person 5; allowed: 0 to 1"),
        ("people=2", "no message; allowed: at least one send=SECONDS:SENDER"),
    ],
)
def test_strangers_are_named(text: str, problem: str) -> None:
    with pytest.raises(InputError) as refused:
        require_fit(read(text), 3)
    assert refused.value.messages == [f"--schedule: {problem}"]


def test_smaller_is_fewer_faults_then_messages_then_people_then_shorter() -> None:
    in_order = [
        "people=4 send=50:0 send=50:0",
        "people=2 send=5:0 link=0@5+1",
        "people=3 send=5:0 link=0@5+1",
        "people=2 send=5:0 send=5:0 link=0@5+1",
        "people=2 send=5:0 send=6:0 link=0@5+1",
        "people=2 send=5:0 reset=0@5 reset=0@6",
    ]
    assert sorted(in_order, key=lambda text: read(text).size) == in_order


@pytest.mark.parametrize(
    "word",
    [
        "people=1", "people=101", "people=9999999999", "people=2.5", "people=٣", "people=+3",
        "people=1_0", "luck=-1", "luck=99999999999999999999", "ask=nan", "ask=-5", "ask=inf",
        "ask=1e3", "send=700000:0", "send=86400.5:0", "send=5:0/", "room=", "room=0-", "room=0--1",
        "link=0@5+99999", "link=0@1e9+1", "crash=0@5", "link=0@5+0",
        "backplane=5+0.0000001", "people=" + "9" * 5000,
        "\x1b[31m",
    ],
)  # fmt: skip
def test_odd_words_are_refused_in_one_printable_line(word: str) -> None:
    with pytest.raises(InputError) as error:
        read(f"{word} send=5:0")
    (message,) = error.value.messages
    assert message.startswith("--schedule: '")
    assert "; allowed: " in message
    assert message.isprintable()
    assert len(message) < 400


def test_every_wrong_word_is_named_and_none_is_taken_twice() -> None:
    with pytest.raises(InputError) as error:
        read("people=3 people=4 luck=x send=9:y")
    assert len(error.value.messages) == 3
    assert "given twice" in error.value.messages[0]
    with pytest.raises(InputError, match="more than 2,000 words"):
        read("send=5:0 " * 2_001)


@pytest.mark.parametrize("room", ["room=0", "room=0-0", "room=0-1-1"])
def test_a_room_needs_two_different_people(room: str) -> None:
    with pytest.raises(InputError, match="two people or more"):
        require_fit(read(f"people=3 {room} send=5:0"), 3)


@pytest.mark.parametrize(
    "text",
    ["send=0:0", "send=1:0", "people=100 send=86400:99 ask=86400", "send=5:0 link=0@5+0.000001"],
)
def test_whatever_is_read_is_a_scenario_that_can_be(text: str) -> None:
    scenario = read(text).scenario(stage("hybrid", DESIGNS))
    assert Scenario.model_validate(scenario.model_dump()) is not None
