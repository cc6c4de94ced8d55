"""A story in words: one line a step, faults and losses said plainly."""

import re

from played import played

from sim.sequence.words import words


def told(design: str, schedule: str, guarantee: str = "") -> list[str]:
    return words(played(design, schedule).story(guarantee))


def test_a_lost_response_and_its_retry() -> None:
    lines = told("hybrid", "people=2 send=5:0 link=0@5.1+10", "at-most-once")
    assert lines[0] == " 5.000 s  person 0 sends message 0"
    for line in (
        " 5.050 s  person 0 to api 2: POST message 0, arrives at 5.075 s",
        " 5.080 s  api 2 accepts message 0",
        " 5.080 s  api 2 to person 0: 200 OK for message 0, lost",
        " 5.080 s  through the backplane to gateway 1: message 0, arrives at 5.081 s",
        " 5.100 s  the link of person 0 goes down",
        "15.100 s  the link of person 0 works again",
        "16.080 s  api 2 accepts message 0 once more",
    ):
        assert line in lines
    assert lines[-1] == "16.106 s  person 1 is shown message 0 again"


def test_what_breaks_the_guarantee_is_said_last() -> None:
    lines = told("full-websocket", "people=2 send=5:0 backplane=4+2", "at-least-once")
    assert lines[0] == "4.000 s  the backplane goes down"
    assert lines[-2:] == [
        "6.000 s  the backplane works again",
        "6.000 s  person 1 is never shown message 0",
    ]
    assert "5.025 s  gateway 0 to backplane: message 0, lost" in lines


def test_what_tcp_sends_again_says_so() -> None:
    lines = told("mqtt-qos1", "people=2 send=5:0 link=1@4.9+30")
    (line,) = [line for line in lines if "sent again by TCP" in line]
    assert re.search(r"PUBLISH QoS 1: message 0, lost, sent again by TCP at 37.632 s, arr", line)


def test_every_fault_has_its_words() -> None:
    lines = told(
        "hybrid",
        "people=2 send=5:0 send=20:0 link=0@5+1 address=1@5.5+2 reset=0@6 crash=0@7+1 host=1@8+2 "
        "pause=2@9+3 backplane=10+1",
    )
    for text in (
        "the link of person 0 goes down",
        "the link of person 1 works again, with a new address",
        "the connections of person 0 are reset",
        "gateway 0 is killed",
        "gateway 0 is started again",
        "the host of gateway 1 is gone",
        "the host of gateway 1 is back",
        "api 2 stands still",
        "api 2 goes on",
        "the backplane goes down",
        "the backplane works again",
    ):
        assert any(line.endswith(f"s  {text}") for line in lines), text
