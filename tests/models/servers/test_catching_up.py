"""Who comes back too late for the window: what is replayed, fetched or lost, and what it costs."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.servers.catching_up import OUT_OF_STORE, OUT_OF_WINDOW
from sim.history import CAUSES

ACKED = DESIGNS["full-websocket-acked"].variant("acked", {"backoff": "fixed-1s"})
AWAY_S, BACK_S = 10.0, 130.0
SENDS = [(20.0 + second, 1) for second in range(100)]  # while person 0 is away
FEW = [*((5.0 + 0.1 * number, 1) for number in range(5)), *SENDS]


def stage(sends=SENDS, until_s=200.0, **recovery):
    store = recovery.pop("store", {})
    changes = {"recovery": {"kind": "cursor", **recovery}, "store": store}
    design = ACKED.variant("mine", changes)
    away = {"kind": "link-outage", "person": 0, "start_s": AWAY_S, "end_s": BACK_S}
    return Stage(design, sends, faults=[away | {"changes_address": True}]).run(until_s)


def requests(one):
    """What person 0 has asked about the log."""
    connection = one.channel("websocket").sessions[0].end.connection
    return connection.traffic(0)[2] - 1  # the upgrade


@pytest.mark.parametrize(
    ("window", "kept"),
    [
        ({"messages": 30}, 30),
        ({"messages": 0}, 0),
        ({"messages": 1000}, 100),
        ({"size_bytes": 25 * 100}, 25),
        ({"replay_max": 40}, 40),
        ("pubnub", 100),
    ],
)
def test_of_what_was_sent_meanwhile_exactly_what_the_window_keeps_is_replayed(window, kept):
    """A message a second for 100 s: 100 less what is kept are lost, the oldest ones."""
    one = stage(window=window, until_s=0.0)
    one.world.workload.size_bytes[:] = 100
    one.system.service.messages.size_bytes[:] = [100] * 100
    one.run(200.0)
    assert one.replayed(0) == list(range(100 - kept, 100))
    lost = [(message, 0, OUT_OF_WINDOW) for message in range(100 - kept)]
    assert one.drops() == lost
    assert one.shown(2) == list(range(100))  # who was there has everything
    assert one.held() == set()


@pytest.mark.parametrize("age_s", [20.0, 60.0, 500.0])
def test_a_window_of_seconds_keeps_the_rate_times_its_length(age_s):
    one = stage(window={"age_s": age_s})
    back_s = next(gap["synced_s"] for gap in one.gaps() if gap["person"] == 0)
    young = [number for number in range(100) if one.accepted_s(number) > back_s - age_s]
    assert one.replayed(0) == young
    assert len(one.drops()) == 100 - len(young)
    assert len(young) == pytest.approx(min(100, age_s - (back_s - 119.0)), abs=1)


@pytest.mark.parametrize("behind", ["delta", "snapshot", "refetch"])
def test_the_store_has_what_the_window_has_not(behind):
    sends = FEW if behind != "snapshot" else FEW[:45]
    one = stage(sends, window={"messages": 10}, behind=behind)
    assert one.shown(0) == list(range(len(sends)))
    assert one.drops() == []
    assert one.held() == set()


@pytest.mark.parametrize(
    ("recovery", "pages"),
    [
        ({"behind": "delta"}, 2),  # 100 missing, 50 a page
        ({"behind": "delta", "page": 30}, 4),
        ({"behind": "refetch"}, 3),  # 105 in the conversation
        ({"behind": "snapshot"}, 1),
        ({"behind": "delta", "delta_max": 99}, 1),  # too much: a snapshot
    ],
)
def test_each_page_is_a_request_a_read_of_the_store_and_a_round_trip(recovery, pages):
    one = stage(FEW, window={"messages": 10}, until_s=BACK_S + 15.0, **recovery)  # before a ping
    assert requests(one) == 1 + pages  # the cursor first
    [gap] = [gap for gap in one.gaps() if gap["person"] == 0]
    trips_s = gap["synced_s"] - gap["open_s"] - 2 * ONE_WAY_S
    assert trips_s == pytest.approx(2 * ONE_WAY_S * pages + 0.002 * (1 + pages), rel=0.3)


@pytest.mark.parametrize("recovery", [{"behind": "snapshot"}, {"behind": "delta", "delta_max": 99}])
def test_a_snapshot_has_the_newest_page_and_what_is_older_is_lost(recovery):
    one = stage(FEW, window={"messages": 10}, **recovery)
    assert one.shown(0) == [0, 1, 2, 3, 4, *range(55, 105)]
    assert one.drops() == [(message, 0, OUT_OF_WINDOW) for message in range(5, 55)]


def test_bytes_of_a_refetch_are_those_of_all_that_is_kept():
    """The pages of all 105 messages against those of the 100 that are missing."""
    down = {}
    for behind in ("delta", "refetch"):
        one = stage(FEW, window={"messages": 10}, behind=behind)
        down[behind] = one.channel("websocket").sessions[0].end.connection.directions[1].bytes
    size_bytes = one.channel("websocket").size_bytes[0] + 20
    framing = 4 + 12  # one page more
    assert down["refetch"] - down["delta"] == 5 * size_bytes + framing


@pytest.mark.parametrize("behind", ["delta", "refetch"])
def test_what_the_store_itself_no_longer_keeps_is_lost_and_says_so(behind):
    one = stage(window={"messages": 10}, behind=behind, store={"history": {"messages": 60}})
    assert one.shown(0) == list(range(40, 100))
    assert one.drops() == [(message, 0, OUT_OF_STORE) for message in range(40)]


def test_what_is_new_while_pages_are_fetched_comes_after_them():
    sends = [*SENDS, *((BACK_S + 0.05 * number, 1) for number in range(40))]
    one = stage(sends, window={"messages": 10}, behind="refetch", page=5)
    assert one.shown(0) == list(range(140))
    assert one.drops() == []


def test_a_connection_that_dies_between_pages_is_no_loss():
    away = {"kind": "link-outage", "person": 0, "changes_address": True}
    outages = [away | {"start_s": AWAY_S, "end_s": BACK_S}, away | {"start_s": 132.0, "end_s": 140}]
    design = ACKED.variant(
        "mine", {"recovery": {"window": {"messages": 10}, "behind": "delta", "page": 1}}
    )
    one = Stage(design, SENDS, faults=outages).run(133.0)
    shown = len(one.shown(0))
    assert 0 < shown < 100
    assert one.held() == {(message, 0) for message in range(shown, 100)}
    one.run(200.0)
    assert one.shown(0) == list(range(100))
    assert one.held() == set()


@pytest.mark.parametrize(
    ("recovery", "lost"), [({}, 90), ({"behind": "delta"}, 0), ({"behind": "snapshot"}, 50)]
)
def test_who_is_still_away_at_the_end_has_lost_what_nobody_would_give_them(recovery, lost):
    one = stage(window={"messages": 10}, until_s=125.0, **recovery)
    one.system.finish()
    assert one.drops() == [(message, 0, OUT_OF_WINDOW) for message in range(lost)]
    assert one.held() == {(message, 0) for message in range(lost, 100)}


def test_causes_keep_their_codes():
    assert CAUSES.index(OUT_OF_WINDOW) == 16
    assert CAUSES.index(OUT_OF_STORE) == 17
