"""What a difference comes from, as far as designs say what they have."""

import pytest

from models import DESIGNS
from sim.experiment.notes import listed, notes


def summary(**designs):
    """Designs as (traits, metric values)."""
    entries = {
        name: {metric: {"value": value, "kind": "rate"} for metric, value in values.items()}
        for name, (_, values) in designs.items()
    }
    return {"designs": entries, "traits": {name: traits for name, (traits, _) in designs.items()}}


LOSES, SAFE = {"loss_pressed": 0.02}, {"loss_pressed": 0.0}
TWICE, ONCE = {"duplicates_visible": 0.01}, {"duplicates_visible": 0.0}


def test_a_missing_cursor_is_said_with_who_has_one():
    found = summary(plain=({"recovers": False}, LOSES), mended=({"recovers": True}, SAFE))
    (note,) = notes(found)
    assert note == (
        "plain loses what arrives while people are away: no cursor and no session to catch up "
        "from (unlike mended)."
    )


def test_several_are_named_in_the_plural():
    found = summary(
        a=({"keyed": False}, TWICE),
        b=({"keyed": False}, TWICE),
        c=({"keyed": True}, ONCE),
        d=({}, TWICE),
        e=({"keyed": None}, TWICE),
    )
    (note,) = notes(found)
    assert note.startswith("a and b show messages twice: requests that are made again carry no")
    assert note.endswith("(unlike c).")


@pytest.mark.parametrize(
    ("trait", "figures", "words"),
    [
        ("acknowledges", "loss_pressed", "a loses what is sent into a dead connection: "),
        ("stores", "loss_told", "a loses what senders were told is safe: "),
    ],
)
def test_each_lack_has_its_figure(trait, figures, words):
    shows, nothing = {figures: 0.02}, {figures: 0.0}
    (note,) = notes(summary(a=({trait: False}, shows), b=({trait: True}, nothing)))
    assert note.startswith(words)
    assert note.endswith("(unlike b).")


def test_what_does_not_show_is_not_said():
    """A design without a cursor that lost nothing, and one beside which nobody has a cursor."""
    without, has = {"recovers": False}, {"recovers": True}
    assert not notes(summary(plain=(without, SAFE), mended=(has, SAFE)))
    assert not notes(summary(a=(without, LOSES), b=(without, LOSES)))
    assert not notes(summary(a=(without, LOSES)))
    assert not notes(summary(a=({}, LOSES), b=({}, SAFE)))


def test_words_and_names_decide_nothing():
    """A description that speaks of a cursor does not give a design one, nor does a name."""
    found = summary(**{"hybrid-cursor": ({"recovers": False}, LOSES), "hybrid": ({}, SAFE)})
    found["descriptions"] = {"hybrid": {"recovery": "cursor"}, "hybrid-cursor": {"recovery": "no"}}
    assert not notes(found)
    found["traits"]["hybrid"] = {"recovers": True, "wings": "of another version"}
    assert notes(found)[0].startswith("hybrid-cursor loses what arrives while people are away")


def test_a_summary_without_traits_has_no_such_notes():
    found = summary(a=({"recovers": False}, LOSES), b=({"recovers": True}, SAFE))
    assert notes(found)
    del found["traits"]
    assert notes(found) == []


def test_shipped_designs_say_what_explains_them():
    plain, acked = (DESIGNS[name].traits() for name in ("full-websocket", "full-websocket-acked"))
    found = notes(summary(plain=(plain, LOSES), acked=(acked, SAFE)))
    assert [one.split(":")[0] for one in found] == [
        "plain loses what arrives while people are away",
        "plain loses what is sent into a dead connection",
    ]


def test_timers_that_differ_are_said():
    found = summary(
        a=({"pings_s": {"client": 20.0, "server": 20.0}}, SAFE),
        b=({"pings_s": {"client": 60.0}}, SAFE),
        c=({"pings_s": {"client": 60.0}}, SAFE),
        d=({"pings_s": None}, SAFE),
    )
    often, rarely = "every 20 s from both ends", "every 60 s from the client"
    found["descriptions"] = {"a": {"pings": often}, "b": {"pings": rarely}, "c": {"pings": rarely}}
    (note,) = notes(found)
    assert note == (
        "a pings every 20 s from both ends; b and c ping every 60 s from the client: part of the "
        "difference in loss and stale time is that timer."
    )
    found["descriptions"]["c"] = {"pings": "every minute from the client"}
    assert notes(found) == [note]
    del found["designs"]["a"]
    assert not notes(found)


def test_many_names_are_counted():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
