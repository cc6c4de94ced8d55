"""Notes and bars: what people and nodes do, what is noticed, what is broken and for how long."""

import pytest
from played import Played, played

from sim.sequence.hops import BACKPLANE
from sim.sequence.notes import (
    ACTS,
    DROPS,
    HIDDEN,
    LINK,
    NO_MESSAGE,
    SHOWN,
    TAKES,
    TOLD,
    Focus,
    Note,
    bars,
    notes,
)


def noted(run: Played, focus: Focus | None = None) -> list[Note]:
    return notes(run.history, run.tape, focus or run.focus)


def texts(run: Played, kind: str) -> list[tuple[str, str]]:
    return [(note.lane, note.text) for note in noted(run) if note.kind == kind]


def test_a_calm_message_is_sent_accepted_shown_and_acknowledged() -> None:
    run = played("full-websocket-acked", "people=2 send=5:0")
    assert texts(run, ACTS) == [("person 0", "sends message 0")]
    assert [text for _, text in texts(run, TAKES)] == ["accepts message 0"]
    assert texts(run, SHOWN) == [("person 1", "is shown message 0")]
    assert texts(run, TOLD) == [("person 0", "is told OK for message 0")]
    assert [note.time_s for note in noted(run)] == sorted(note.time_s for note in noted(run))


def test_a_copy_is_accepted_once_more_without_a_key_and_known_with_one() -> None:
    schedule = "people=2 send=5:0 link=0@5.1+10"
    assert [text for _, text in texts(played("hybrid", schedule), TAKES)] == [
        "accepts message 0",
        "accepts message 0 once more",
    ]
    assert [text for _, text in texts(played("hybrid-cursor", schedule), TAKES)] == [
        "accepts message 0",
        "knows message 0 already",
    ]


def test_a_repeat_is_shown_again_or_hidden() -> None:
    run = played("hybrid", "people=2 send=5:0 link=0@5.1+10")
    assert [text for _, text in texts(run, SHOWN)] == [
        "is shown message 0",
        "is shown message 0 again",
    ]
    assert texts(run, HIDDEN) == []


def test_losing_a_connection_is_noticed_and_mended() -> None:
    run = played("mqtt-qos1", "people=2 send=5:0 reset=1@5.05")
    assert texts(run, LINK)[-2:] == [
        ("person 1", "notices: connection over (reset)"),
        ("person 1", "is connected to gateway 0"),
    ]


@pytest.mark.parametrize(
    ("design", "schedule", "lane", "text"),
    [
        (
            "mqtt-qos1-clean",
            "people=2 send=5:0 link=1@5+100",
            "gateway 1",
            "drops message 0: clean session",
        ),
        (
            "full-websocket",
            "people=2 send=5:0 address=0@3+1.5",
            "person 0",
            "drops message 0: not connected",
        ),
        (
            "full-websocket-counter",
            "people=2 send=5:0 send=6:0 reset=0@5.1",
            "gateway 0",
            "drops message 1: taken for a repeat",
        ),
    ],
)
def test_what_is_dropped_is_dropped_by_somebody(
    design: str, schedule: str, lane: str, text: str
) -> None:
    assert (lane, text) in texts(played(design, schedule), DROPS)


def test_only_what_is_in_focus_is_noted() -> None:
    run = played("hybrid", "people=3 send=5:0 send=5.5:1")
    found = noted(run, Focus((1,), (1, 2)))
    assert {note.message for note in found} == {1, NO_MESSAGE}
    assert "person 0" not in {note.lane for note in found}


def test_every_class_of_faults_has_its_bar() -> None:
    run = played(
        "hybrid",
        "people=2 send=5:0 link=0@5+1 address=1@5.5+2 reset=0@6 crash=0@7+1 host=1@8+2 "
        "pause=2@9+3 backplane=10+1",
    )
    found = bars(run.history, run.record.faults, run.focus)
    assert [
        (
            one.lane,
            one.start_s,
            one.end_s,
            one.begins.label,
            *([one.ends.label] if one.ends else []),
        )
        for one in found
    ] == [
        ("person 0", 5.0, 6.0, "link down", "link up"),
        ("person 1", 5.5, 7.5, "link down", "link up, with a new address"),
        ("person 0", 6.0, 6.0, "connections are reset"),
        ("gateway 0", 7.0, 8.0, "killed", "started again"),
        ("gateway 1", 8.0, 10.0, "host gone", "host back"),
        ("api 2", 9.0, 12.0, "stands still", "goes on"),
        (BACKPLANE, 10.0, 11.0, "down", "up again"),
    ]


def test_outages_of_others_are_not_drawn() -> None:
    run = played("hybrid", "people=2 send=5:0 link=0@5+1")
    assert bars(run.history, run.record.faults, Focus((0,), (1,))) == []
