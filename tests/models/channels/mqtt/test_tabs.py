"""Tabs of one user that give one client id: who has the session, what it costs, what helps."""

import pytest
from small import scenario
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES
from sim.history import REASONS
from sim.metrics import measure

QOS1 = DESIGNS["mqtt-qos1"]
WAIT_S = 1.0  # paho's first
DELAY_S = 0.025
HANDSHAKE_S = 6 * DELAY_S  # FIN, TCP there and back, the upgrade there and back, CONNECT


def played(design=QOS1, tabs=2, users=4, passive=True, **mqtt):
    link = {"kind": "constant", "delay_s": DELAY_S}
    network = {"share": 1, "profile": "lan", "delay": link, "rate": {"kind": "none"}}
    world = scenario(
        people={"count": users * tabs, "tabs": tabs},
        conversations={"per_person": 1, "direct_share": 1.0},
        time={"warmup_s": 5.0, "measure_s": 120.0},
        networks=[network],
        tls={"version": "none"},
    )
    changed = design.variant("mine", mqtt) if mqtt else design
    return run_replication(world, changed, 0, passive=passive)


def figures(history):
    return measure(history)["metrics"]


@pytest.mark.parametrize("tabs", [2, 3, 5])
def test_tabs_with_one_id_connect_once_a_wait_and_a_handshake_for_each_but_one(tabs):
    """All but the one that has the session wait or dial at any time."""
    found = figures(played(tabs=tabs))
    per_user_s = (tabs - 1) / (WAIT_S + HANDSHAKE_S)
    assert found["connects_per_hour"] * tabs / 3600 == pytest.approx(per_user_s, rel=0.02)
    away = (tabs - 1) / tabs  # of which the last hops of a connect are not a cut
    assert found["cut_off_share"] == pytest.approx(away, rel=0.05)


@pytest.mark.parametrize(("design", "kept"), [("mqtt-qos1", True), ("mqtt-qos0", False)])
def test_without_a_choice_an_id_is_the_users_where_there_is_a_session_to_keep(design, kept):
    """mqtt.js and paho make an id of their own otherwise."""
    found = figures(played(DESIGNS[design]))
    assert (found["connects_per_hour"] > 0.0) is kept
    assert (found["loss_pressed"][0] > 0) is kept


@pytest.mark.parametrize("design", ["mqtt-qos0", "mqtt-qos1", "mqtt-qos2"])
def test_only_who_has_the_session_is_shown_anything_and_nothing_is_unaccounted_for(design):
    history = played(DESIGNS[design], mqtt={"client_id": "user"})
    found = measure(history)
    assert found["conservation"]["unexplained"] == 0
    assert found["metrics"]["duplicates_visible"][0] == 0
    assert GUARANTEES["isolation"].check(history).state == "holds"
    assert 0 < found["metrics"]["loss_pressed"][0] < found["metrics"]["loss_pressed"][1]


@pytest.mark.parametrize("design", ["mqtt-qos0", "mqtt-qos1"])
def test_rows_and_objects_have_one_history(design):
    mine = {"mqtt": {"client_id": "user"}}
    ways = [played(DESIGNS[design], passive=passive, **mine) for passive in (True, False)]
    assert len({history.digest() for history in ways}) == 1


def test_an_id_for_each_tab_ends_it():
    found = figures(played(mqtt={"client_id": "tab"}))
    assert found["connects_per_hour"] == found["cut_off_share"] == 0.0
    assert found["loss_pressed"][0] == 0


def test_a_broker_that_keeps_the_first_turns_the_other_away_as_often():
    history = played(mqtt={"duplicate_id": "first"})
    assert {REASONS[code] for code in history.tables["episodes"]["reason"]} == {"refused"}
    cut = set(history.tables["episodes"]["person"].tolist())
    assert len(cut) == 4  # one of each user; the others are never disturbed
    per_user_s = 1 / (WAIT_S + HANDSHAKE_S)
    connects = figures(history)["connects_per_hour"]
    assert connects * 2 / 3600 == pytest.approx(per_user_s, rel=0.02)


def test_jitter_alone_makes_it_quicker_and_a_memory_of_failures_slower():
    """CONNECT succeeds before the kick: an open connection must not reset the back-off."""
    plain, jitter, patient = (
        figures(played(backoff=backoff))["connects_per_hour"]
        for backoff in ("fixed-1s", "full-jitter", {"preset": "full-jitter", "stable_s": 60.0})
    )
    assert jitter > 1.3 * plain  # the first wait is half as long on average
    assert patient < plain / 5


def test_what_waits_for_one_tab_reaches_the_next_and_is_lost_to_the_first():
    """At QoS 1, unacknowledged when the other tab takes the session."""
    stage = Stage(QOS1, [(5.0, 2)], people=4, joins=False)
    channel = stage.channel("mqtt")
    shared = channel.accounts[0]
    shared.people, channel.accounts[1] = (0, 1), shared
    for person, at_s in ((2, 0.0), (1, 8.0)):
        stage.at(at_s, stage.system.join, person)
    stage.run(7.0)
    assert shared.kept() == [0]
    stage.run(10.0)
    assert (0, 0, "not connected") in stage.drops()
    [(message, at_s)] = stage.arrivals(1)
    assert message == 0
    assert at_s == pytest.approx(8.0 + 8 * ONE_WAY_S, abs=0.3)
