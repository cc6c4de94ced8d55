"""What either side of a log says over a connection, and what a story calls it."""

import pytest
from stage import Stage

from models import DESIGNS
from models.channels.replay import Behind, Fetch, Fetched, LogReader
from models.channels.websocket import KIND
from models.protocols.resume import CaughtUp, Item, Opened, Resume, Truncated
from sim import load_scenario
from sim.experiment import run

ACKED = DESIGNS["full-websocket-acked"]


def reader():
    """A client who has read up to 2 and comes back; what it asks, and its stage."""
    stage = Stage(ACKED, [(1.0 + number, 1) for number in range(8)], joins=False)
    stage.run(20.0)
    stage.system.service.store.inbox[0][:] = range(8)
    asked = []
    log = LogReader(stage.channel("websocket"), 0, asked.append)
    for event in (Opened(), Item(1, 0), Item(2, 1)):
        log.tell(event)
    return log, asked, stage


def test_who_is_told_to_fetch_asks_for_page_after_page():
    log, asked, stage = reader()
    assert log.read(Behind()) is False
    assert log.read(Fetched((Item(4, 3),), None)) is False
    assert log.read(Item(7, 6)) is False  # new meanwhile: it waits
    assert stage.shown(0) == [0, 1]
    assert log.read(Fetched((Item(6, 5), Item(3, 2)), 6)) is True
    assert asked == [Resume(0), Fetch(), Fetch()]
    assert stage.shown(0) == [0, 1, 2, 3, 5, 6]
    assert stage.drops() == [(4, 0, "left the window")]
    assert log.cursor == 7


def test_who_is_told_where_the_log_begins_goes_on_there():
    log, asked, stage = reader()
    assert log.read(Truncated(5)) is False
    assert log.read(Item(5, 4)) is False
    assert log.read(CaughtUp()) is True
    assert stage.shown(0) == [0, 1, 4]
    assert [message for message, *_ in stage.drops()] == [2, 3]
    assert asked == [Resume(0)]


def test_a_story_has_words_for_each():
    about = lambda message, *_: type("Said", (), {"text": f"m{message}"})  # noqa: E731
    said = [
        KIND.says[type(one)](one, about).text
        for one in (Truncated(5), Behind(), Fetch(), Fetched((Item(4, 3),), None), Fetched((), 9))
    ]
    assert said == [
        "the log begins with item 5",
        "too far behind",
        "fetch the next page",
        "page: m3",
        "page: nothing new",
    ]


AWAY = {
    "people.count": 24,
    "time.measure_s": 120.0,
    "actions.send.per_person_per_minute": 6.0,
    "faults": [{"kind": "shared-outage", "share": 0.6, "start_s": 30.0, "end_s": 110.0}],
}


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(
    ("base", "recovery"),
    [
        ("hybrid-cursor", {"window": {"messages": 5}}),
        ("full-websocket-acked", {"window": {"age_s": 20.0}, "behind": "delta"}),
        ("hybrid-cursor", {"window": {"messages": 5}, "behind": "refetch", "page": 10}),
        ("long-poll", {"window": {"messages": 5}}),
    ],
)
def test_rows_and_objects_tell_the_same_of_windows(monkeypatch, base, recovery, plain):
    build = run.build_world

    def built(scenario, replication):
        world = build(scenario, replication)
        world.plain = plain
        return world

    monkeypatch.setattr(run, "build_world", built)
    scenario = load_scenario(changes=AWAY)
    design = DESIGNS[base].variant("mine", {"recovery": {"kind": "cursor", **recovery}})
    by_rows, by_objects, whole = (
        run.run_replication(scenario, one, 0, passive=passive)
        for one, passive in ((design, True), (design, False), (DESIGNS[base], True))
    )
    assert by_rows.digest() == by_objects.digest() != whole.digest()
