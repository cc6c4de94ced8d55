"""Who is let in: so many of each person, and the least important not at all in an overload."""

import pytest
from stage import FREE, LINK, Stage

from models import DESIGNS
from models.servers.admission import RATE_LIMITED, SHED, Rates
from sim import load_scenario
from sim.experiment import run
from sim.history import SEEN, SEND, TYPING

ONE = {"gateways": 1, "api_nodes": 0, "cores": 1, **FREE}
ONCE = DESIGNS["hybrid"].variant("once", {"retry": False})
PLAIN, ACKED = DESIGNS["full-websocket"], DESIGNS["full-websocket-acked"]


@pytest.mark.parametrize(("per_s", "burst", "every_s"), [(5, 1, 0.05), (5, 20, 0.05), (2, 3, 0.1)])
def test_of_too_many_as_many_pass_as_the_rate_and_the_burst_allow(per_s, burst, every_s):
    rates = Rates(per_s, burst)
    passed = [number for number in range(200) if not rates.wait_s(0, number * every_s)]
    span_s = 199 * every_s
    assert len(passed) == int(burst + per_s * span_s + 1e-9)
    assert passed[:burst] == list(range(burst))


def test_who_comes_when_told_passes_and_everybody_has_a_limit_of_their_own():
    rates = Rates(0.5, 1)
    assert rates.wait_s(0, 10.0) == 0.0
    assert rates.wait_s(1, 10.5) == 0.0
    wait_s = rates.wait_s(0, 10.5)
    assert wait_s == pytest.approx(1.5)
    assert rates.wait_s(0, 10.5 + wait_s) == 0.0


def sending(design, count=100, every_s=0.1, **servers):
    """Ten messages a second of one person, from 10 s on."""
    sends = [(10.0 + every_s * number, 1) for number in range(count)]
    return Stage(design, sends, 2, servers=ONE | servers)


@pytest.mark.parametrize("design", [ONCE, PLAIN])
def test_what_is_beyond_the_rate_is_lost_where_nobody_tries_again(design):
    one = sending(design, rate_per_s=2.0, rate_burst=5).run(60.0)
    assert len(one.shown(0)) == pytest.approx(5 + 2.0 * 9.9, abs=1)
    assert len(one.drops()) == 100 - len(one.shown(0))
    assert {cause for *_, cause in one.drops()} == {RATE_LIMITED}


def test_and_comes_later_where_somebody_does():
    one = sending(DESIGNS["hybrid"], 40, rate_per_s=2.0).run(200.0)
    assert sorted(one.shown(0)) == list(range(40))
    assert one.drops() == []
    last_s = max(at_s for _, at_s in one.arrivals(0))
    assert last_s - 10.0 >= 39 / 2.0  # not faster than the rate


@pytest.mark.parametrize(("burst", "shown"), [(40, 40), (1, 2)])
def test_who_resends_everything_at_once_gets_through_only_within_the_burst(burst, shown):
    """A refusal ends the connection before what passed is acknowledged: it is sent again, first."""
    one = sending(ACKED, 40, rate_per_s=2.0, rate_burst=burst).run(200.0)
    assert one.shown(0) == list(range(shown))
    assert one.drops() == []
    ends = {gap["reason"] for gap in one.gaps() if gap["person"] == 1}
    assert ends == (set() if burst == 40 else {"server close"})


@pytest.mark.parametrize(("design", "shown"), [(ONCE, 24), (PLAIN, 100)])
def test_a_gateway_that_counts_requests_sees_no_frames(design, shown):
    one = sending(design, rate_per_s=2.0, rate_burst=5, rate_of="requests").run(60.0)
    assert len(one.shown(0)) == pytest.approx(shown, abs=1)


def limited(base, **limit):
    """Ten messages a second for 30 s of one person, by a connection that takes so many."""
    changes = {"connection": {"message_limit": limit or "discord"}}
    return sending(DESIGNS[base].variant("mine", changes), 300)


@pytest.mark.parametrize("base", ["full-websocket", "socketio"])
def test_what_is_beyond_what_a_connection_takes_is_refused_and_lost(base):
    one = limited(base, messages=20, window_s=10.0).run(60.0)
    assert len(one.shown(0)) == pytest.approx(60, abs=1)  # 20 in each of three windows
    assert {cause for *_, cause in one.drops()} == {RATE_LIMITED}
    assert one.gaps() == []


@pytest.mark.parametrize(
    ("base", "reason"), [("full-websocket-acked", "server close"), ("mqtt-qos0", "server close")]
)
def test_where_a_refusal_is_the_end_of_a_connection_the_next_one_takes_as_many(base, reason):
    one = limited(base, messages=20, window_s=30.0).run(60.0)
    assert {gap["reason"] for gap in one.gaps() if gap["person"] == 1} == {reason}
    assert len(one.shown(0)) > 20


@pytest.mark.parametrize("base", ["full-websocket", "socketio", "mqtt-qos0"])
def test_who_sends_more_is_cut_and_has_a_new_count_by_the_next_connection(base):
    """120 in 60 s, then the end: the flood goes on when the client is back."""
    one = limited(base).run(60.0)
    gap, *more = [gap for gap in one.gaps() if gap["person"] == 1]
    assert gap["reason"] == "rate limited"
    assert gap["cut_s"] == pytest.approx(10.0 + 120 / 10.0, abs=0.1)
    assert len(more) <= 1
    causes = [cause for *_, cause in one.drops()]
    assert causes.count(RATE_LIMITED) == pytest.approx(1 + len(more), abs=1)
    assert len(one.shown(0)) + len(causes) == 300
    assert len(one.shown(0)) > 150


@pytest.mark.parametrize("base", ["mqtt-qos0", "mqtt-qos1"])
def test_a_server_that_stops_reading_takes_all_later_and_loses_nothing(base):
    """So many in each window, in the order in which they were sent (EMQX: messages_rate)."""
    one = limited(base, messages=20, window_s=5.0, over="hold")
    one.run(40.0)
    assert len(one.shown(0)) == pytest.approx(6 * 20, abs=1)  # as many windows
    assert len(one.held()) == 300 - len(one.shown(0))
    one.run(110.0)
    assert one.shown(0) == list(range(300))
    assert one.drops() == []
    assert one.gaps() == []
    assert one.accepted_s(299) - 10.0 == pytest.approx(14 * 5.0, abs=1.0)  # in the last of 15


def test_pings_lie_unread_too_so_a_client_gives_it_up_and_all_that_lay_there_is_lost():
    one = limited("full-websocket", messages=20, window_s=200.0, over="hold").run(70.0)
    (gap,) = [gap for gap in one.gaps() if gap["person"] == 1]
    assert gap["reason"] == "heartbeat"
    causes = {cause for *_, cause in one.drops()}
    assert "uplink died" in causes
    assert RATE_LIMITED not in causes
    assert len(one.shown(0)) + len(one.drops()) + len(one.held()) == 300


def test_others_are_not_counted_with_it():
    sends = sorted(
        [*((10.0 + n / 10, 1) for n in range(100)), *((10.05 + n, 2) for n in range(10))]
    )
    design = PLAIN.variant("mine", {"connection": {"message_limit": {"messages": 20}}})
    one = Stage(design, sends, 3, servers=ONE).run(60.0)
    assert one.drops() == []
    design = PLAIN.variant("mine", {"connection": {"message_limit": {"messages": 5}}})
    one = Stage(design, sends, 3, servers=ONE).run(60.0)
    assert {sends[message][1] for message, *_ in one.drops()} == {1}


@pytest.mark.parametrize("obeys", [True, False])
def test_a_client_that_obeys_comes_again_when_it_is_told_to(obeys):
    """Once in 20 s: who does not obey asks every second, who does once."""
    refused = []
    changes = {"http": {"retry_after": obeys, "retry_wait_s": 1.0}}
    one = sending(DESIGNS["hybrid"].variant("mine", changes), 2, 0.5, rate_per_s=0.05)
    enter = one.system.service.intake.admission

    def counted(arrival):
        answer = enter(arrival)
        refused.extend([answer] if answer is not None else [])
        return answer

    one.system.service.intake.admission = counted
    one.run(60.0)
    assert one.shown(0) == [0, 1]
    assert len(refused) == (1 if obeys else pytest.approx(19, abs=1))
    told_s = one.told_s(1) - 10.5
    assert told_s == pytest.approx(20.0 if obeys else 19.7, abs=1.2)


def overloaded(kinds, **servers):
    """Twice as many notices as the node can read, and a message a second."""
    costs = {"websocket": {"costs": {"message_in_s": 0.02, "wake_share": 0.0}}}
    others = {SEND: 1.0, TYPING: 0.01, SEEN: 0.01}
    acts = sorted(
        (10.0 + number * others[kind], person, kind)
        for person, kind in enumerate(kinds)
        for number in range(int(20.0 / others[kind]))
    )
    sends = [(at_s, person) for at_s, person, _ in acts]
    link = LINK | {"delay": {"kind": "constant", "delay_s": 0.001}}
    design = PLAIN.variant("slow", costs)
    one = Stage(
        design, sends, len(kinds) + 1, [kind for *_, kind in acts], networks=[link],
        servers=ONE | servers,
    )  # fmt: skip
    return one, [message for message, (*_, kind) in enumerate(acts) if kind == SEND]


@pytest.mark.parametrize("minor", [TYPING, SEEN])
def test_notices_are_shed_first_and_messages_are_as_fast_as_before(minor):
    for servers, worst_s in (({}, 10.0), ({"shed_limit_s": 0.2}, 0.5)):
        one, sends = overloaded([SEND, minor], **servers)
        one.run(80.0)
        shown = dict(one.arrivals(2))
        late_s = max(shown[message] - one.sent_s(message) for message in sends)
        assert (late_s > worst_s) is (not servers)  # twice in the queue: read, and passed on
        causes = {cause for *_, cause in one.drops()}
        assert causes == ({SHED} if servers and minor == SEEN else set())  # typing is nobody's loss


def test_the_limit_of_all_comes_after_that():
    one, sends = overloaded([SEND, TYPING], queue_limit_s=1.0)
    assert len(one.run(80.0).drops()) > 5  # messages are refused like notices
    one, sends = overloaded([SEND, TYPING], queue_limit_s=1.0, shed_limit_s=0.2)
    assert one.run(80.0).drops() == []
    assert [message for message, _ in one.arrivals(2) if message in sends] == sends


def test_without_a_limit_nothing_is_asked_besides_the_queue():
    one = sending(PLAIN)
    assert one.system.service.intake.admission.__name__ == "by_queue"


LIMITS = {"servers.rate_per_s": 0.2, "servers.rate_burst": 2, "servers.shed_limit_s": 1e-4}
BUSY = {"people.count": 24, "actions.send.per_person_per_minute": 6.0, "time.measure_s": 60.0}


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("base", ["full-websocket", "hybrid", "long-poll", "mqtt-qos1", "socketio"])
def test_rows_and_objects_tell_the_same(monkeypatch, base, plain):
    usual, by_rows, by_objects = three(monkeypatch, DESIGNS[base], BUSY | LIMITS, plain)
    assert by_rows == by_objects != usual


FLOOD = {"kind": "flood", "person": 3, "start_s": 20.0, "end_s": 60.0, "per_s": 5.0}


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("over", ["refuse", "cut", "hold"])
@pytest.mark.parametrize(
    "base", ["full-websocket", "full-websocket-acked", "mqtt-qos1", "socketio"]
)
def test_so_they_do_where_a_connection_has_a_limit(monkeypatch, base, over, plain):
    limit = {"messages": 20, "window_s": 10.0, "over": over}
    design = DESIGNS[base].variant("mine", {"connection": {"message_limit": limit}})
    changes = BUSY | {"faults": [FLOOD]}
    usual, by_rows, by_objects = three(monkeypatch, design, changes, plain)
    assert by_rows == by_objects != usual


def three(monkeypatch, design, changes, plain):
    """Digests of the busy world as it is, and of the changed one by rows and by objects."""
    build = run.build_world

    def built(scenario, replication):
        world = build(scenario, replication)
        world.plain = plain
        return world

    monkeypatch.setattr(run, "build_world", built)
    runs = [(BUSY, True), (changes, True), (changes, False)]
    return [
        run.run_replication(load_scenario(changes=world), design, 0, passive=passive).digest()
        for world, passive in runs
    ]
