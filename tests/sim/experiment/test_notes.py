"""What a difference comes from, as far as descriptions say it."""

from sim.experiment.notes import listed, notes


def summary(**designs):
    """Designs as (description, metric values)."""
    entries = {
        name: {metric: {"value": value, "kind": "rate"} for metric, value in values.items()}
        for name, (_, values) in designs.items()
    }
    told = {name: description for name, (description, _) in designs.items()}
    return {"designs": entries, "descriptions": told}


LOSES, SAFE = {"loss_pressed": 0.02}, {"loss_pressed": 0.0}
TWICE, ONCE = {"duplicates_visible": 0.01}, {"duplicates_visible": 0.0}


def test_a_missing_cursor_is_said_with_who_has_one():
    found = summary(plain=({"recovery": "none"}, LOSES), mended=({"recovery": "cursor"}, SAFE))
    (note,) = notes(found)
    assert note == (
        "plain loses what arrives while people are away: no cursor and no session to catch up "
        "from (unlike mended)."
    )


def test_several_are_named_in_the_plural():
    found = summary(
        a=({"idempotency key": "no"}, TWICE),
        b=({"idempotency key": "no"}, TWICE),
        c=({"idempotency key": "yes"}, ONCE),
        d=({}, TWICE),
    )
    (note,) = notes(found)
    assert note.startswith("a and b show messages twice: requests that are made again carry no")
    assert note.endswith("(unlike c).")


def test_what_does_not_show_is_not_said():
    """A design without a cursor that lost nothing, and one beside which nobody has a cursor."""
    assert not notes(
        summary(plain=({"recovery": "none"}, SAFE), mended=({"recovery": "cursor"}, SAFE))
    )
    assert not notes(summary(a=({"recovery": "none"}, LOSES), b=({"recovery": "none"}, LOSES)))
    assert not notes(summary(a=({"recovery": "none"}, LOSES)))
    assert not notes(summary(a=({}, LOSES), b=({}, SAFE)))


def test_what_acknowledges_a_send_depends_on_its_channel():
    live, posted, broker = ({"send": one} for one in ("websocket", "http", "mqtt"))
    found = summary(
        a=({"acks": "no", "channels": live}, LOSES),
        b=({"acks": "yes", "channels": live}, SAFE),
        c=({"acks": "no", "channels": posted}, LOSES),
        d=({"acks": "no", "qos": "0", "channels": broker}, LOSES),
        e=({"acks": "no", "qos": "1", "channels": broker}, LOSES),
        f=({"acks": "no", "channels": {"send": "pigeon"}}, LOSES),
    )
    (note,) = notes(found)
    assert note == (
        "a and d lose what is sent into a dead connection: sends are not acknowledged "
        "(unlike b, c and e)."
    )


def test_names_decide_nothing():
    as_it_is, swapped = {"recovery": "none"}, {"recovery": "cursor"}
    found = summary(**{"hybrid-cursor": (as_it_is, LOSES), "hybrid": (swapped, SAFE)})
    assert notes(found)[0].startswith("hybrid-cursor loses what arrives while people are away")


def test_timers_that_differ_are_said():
    found = summary(
        a=({"pings": "every 20 s from both ends"}, SAFE),
        b=({"pings": "every 60 s from the client"}, SAFE),
        c=({"pings": "every 60 s from the client"}, SAFE),
        d=({}, SAFE),
    )
    (note,) = notes(found)
    assert note == (
        "a pings every 20 s from both ends; b and c ping every 60 s from the client: part of the "
        "difference in loss and stale time is that timer."
    )
    del found["designs"]["a"]
    assert not notes(found)


def test_many_names_are_counted():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
