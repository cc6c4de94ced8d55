"""Heartbeats: when pings go, when an end is declared dead, when shipped presets notice a cut."""

import math

import pytest

from models.protocols.heartbeat import (
    HEARTBEATS,
    PINGER,
    WATCHDOG,
    Act,
    Beat,
    Heartbeat,
    Pinger,
    PingSpec,
    SideSpec,
    State,
    Watchdog,
    WatchdogSpec,
)
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError

PING = (Act.SEND_PING,)
DEAD = (Act.DECLARE_DEAD,)


def no_luck() -> float:
    raise AssertionError("only first_by_luck may draw")


def pinger(interval_s: float = 20.0, timeout_s: float = 10.0, opened_s: float = 0.0, **spec):
    machine = Pinger(PingSpec(interval_s, timeout_s, **spec), no_luck)
    machine.handle(Beat.OPENED, opened_s)
    return machine


def watchdog(limit_s: float = 60.0, opened_s: float = 0.0, **spec) -> Watchdog:
    machine = Watchdog(WatchdogSpec(limit_s, **spec))
    machine.handle(Beat.OPENED, opened_s)
    return machine


def run(machine, until_s: float, heard=()) -> list[tuple[float, Act]]:
    """Let time pass with `heard` = (time, beat) pairs; returns what the machine asked for, when."""
    out: list[tuple[float, Act]] = []
    for time_s, beat in [*heard, (until_s, None)]:
        while machine.deadline_s <= time_s:
            now_s = machine.deadline_s
            out += [(now_s, act) for act in machine.handle(TIMEOUT, now_s)]
        if beat is not None:
            out += [(time_s, act) for act in machine.handle(beat, time_s)]
    return out


def pinger_in(state: State) -> Pinger:
    machine = Pinger(PingSpec(20.0, 10.0), no_luck)
    for event in (Beat.OPENED, TIMEOUT, TIMEOUT):
        if machine.state is not state:
            machine.handle(event, 30.0)
    assert machine.state is state
    return machine


def watchdog_in(state: State) -> Watchdog:
    machine = Watchdog(WatchdogSpec(60.0))
    for event, now_s in ((Beat.OPENED, 0.0), (TIMEOUT, 60.0)):
        if machine.state is not state:
            machine.handle(event, now_s)
    assert machine.state is state
    return machine


@pytest.mark.parametrize(
    ("make", "table"), [(pinger_in, PINGER), (watchdog_in, WATCHDOG)], ids=["pinger", "watchdog"]
)
def test_every_event_is_taken_as_the_table_says_or_refused(make, table) -> None:
    for state, row in table.items():
        for event in (*Beat, TIMEOUT):
            machine = make(state)
            if event in row:
                machine.handle(event, 1000.0)
                assert machine.state is row[event], (state, event)
            else:
                with pytest.raises(ProtocolError, match=state.name):
                    machine.handle(event, 1000.0)


def test_without_a_connection_nothing_is_due() -> None:
    assert Pinger(PingSpec(0.5, 0.5), no_luck).deadline_s == NEVER_S
    assert Watchdog(WatchdogSpec(0.5)).deadline_s == NEVER_S


@pytest.mark.parametrize("make", [pinger, watchdog])
def test_a_closed_connection_wants_no_wake_up(make) -> None:
    machine = make()
    machine.handle(Beat.CLOSED, 5.0)
    assert (machine.state, machine.deadline_s) == (State.IDLE, NEVER_S)


@pytest.mark.parametrize("make", [pinger, watchdog])
def test_the_next_connection_starts_from_nothing(make) -> None:
    machine = make()
    run(machine, 300.0)
    machine.handle(Beat.CLOSED, 300.0)
    machine.handle(Beat.OPENED, 1000.0)
    fresh = make(opened_s=1000.0)
    assert machine.deadline_s == fresh.deadline_s
    assert run(machine, 1300.0) == run(fresh, 1300.0)


def test_pings_go_at_the_interval_from_opening_whatever_is_heard() -> None:
    beats = [(5.0, Beat.DATA), (20.1, Beat.PONG), (33.0, Beat.DATA), (40.2, Beat.PONG)]
    assert run(pinger(), 61.0, beats) == [(t, Act.SEND_PING) for t in (20.0, 40.0, 60.0)]


def test_an_unanswered_ping_is_death_after_the_time_out() -> None:
    assert run(pinger(20.0, 12.0), 200.0) == [(20.0, Act.SEND_PING), (32.0, Act.DECLARE_DEAD)]


def test_data_is_no_answer_to_a_ping() -> None:
    beats = [(25.0, Beat.DATA), (26.0, Beat.REPLY), (27.0, Beat.PING)]
    assert run(pinger(20.0, 12.0), 200.0, beats)[-1] == (32.0, Act.DECLARE_DEAD)


def test_a_pong_later_than_the_interval_lets_the_next_ping_go_at_once() -> None:
    beats = [(35.0, Beat.PONG)]
    assert run(pinger(10.0, 30.0), 50.0, beats)[:2] == [
        (10.0, Act.SEND_PING),
        (35.0, Act.SEND_PING),
    ]


def test_a_pong_nobody_asked_for_moves_nothing() -> None:
    assert run(pinger(), 21.0, [(7.0, Beat.PONG)]) == [(20.0, Act.SEND_PING)]


def test_counting_from_the_pong() -> None:
    machine = pinger(25.0, 20.0, next_from="pong")
    assert run(machine, 60.0, [(28.0, Beat.PONG)]) == [
        (25.0, Act.SEND_PING),
        (53.0, Act.SEND_PING),
    ]


def test_counting_from_the_pong_any_pong_starts_the_interval_again() -> None:
    machine = pinger(25.0, 20.0, next_from="pong")
    assert run(machine, 36.0, [(10.0, Beat.PONG)]) == [(35.0, Act.SEND_PING)]


def test_counting_from_the_pong_data_does_not() -> None:
    machine = pinger(25.0, 20.0, next_from="pong")
    assert run(machine, 26.0, [(10.0, Beat.DATA)]) == [(25.0, Act.SEND_PING)]


def test_counting_from_what_is_heard_traffic_puts_pings_off() -> None:
    machine = pinger(20.0, 10.0, next_from="heard")
    assert run(machine, 50.0, [(15.0, Beat.DATA), (30.0, Beat.DATA)]) == [(50.0, Act.SEND_PING)]


def test_counting_from_what_is_heard_anything_answers_a_ping() -> None:
    machine = pinger(20.0, 10.0, next_from="heard")
    assert run(machine, 45.0, [(22.0, Beat.DATA)]) == [
        (20.0, Act.SEND_PING),
        (42.0, Act.SEND_PING),
    ]


def test_data_may_not_count() -> None:
    machine = pinger(60.0, 30.0, next_from="heard", data_counts=False)
    beats = [(40.0, Beat.DATA), (70.0, Beat.DATA), (80.0, Beat.PING)]
    assert run(machine, 100.0, beats) == [(60.0, Act.SEND_PING), (90.0, Act.DECLARE_DEAD)]


@pytest.mark.parametrize("beat", [Beat.PONG, Beat.REPLY])
def test_pongs_and_replies_always_count(beat: Beat) -> None:
    machine = pinger(60.0, 30.0, next_from="heard", data_counts=False)
    assert run(machine, 101.0, [(40.0, beat)]) == [(100.0, Act.SEND_PING)]


@pytest.mark.parametrize("beat", [Beat.PONG, Beat.REPLY])
def test_pongs_and_replies_always_answer(beat: Beat) -> None:
    machine = pinger(60.0, 30.0, next_from="heard", data_counts=False)
    assert run(machine, 131.0, [(70.0, beat)]) == [(60.0, Act.SEND_PING), (130.0, Act.SEND_PING)]


def test_one_other_packet_extends_the_wait_once() -> None:
    machine = pinger(25.0, 20.0, while_awaiting="extend once")
    beats = [(30.0, Beat.DATA), (40.0, Beat.DATA)]
    assert run(machine, 100.0, beats) == [(25.0, Act.SEND_PING), (50.0, Act.DECLARE_DEAD)]


def test_each_ping_may_be_extended_once() -> None:
    machine = pinger(25.0, 20.0, next_from="pong", while_awaiting="extend once")
    beats = [(30.0, Beat.DATA), (31.0, Beat.PONG), (60.0, Beat.DATA)]
    assert run(machine, 200.0, beats)[-1] == (80.0, Act.DECLARE_DEAD)


def test_what_was_heard_after_the_ping_buys_a_second_one() -> None:
    machine = pinger(60.0, 60.0, while_awaiting="ping again")
    assert run(machine, 300.0, [(60.5, Beat.DATA)]) == [
        (60.0, Act.SEND_PING),
        (120.0, Act.SEND_PING),
        (180.0, Act.DECLARE_DEAD),
    ]


def test_what_was_heard_before_the_ping_does_not() -> None:
    machine = pinger(60.0, 60.0, while_awaiting="ping again")
    assert run(machine, 300.0, [(59.9, Beat.DATA)])[-1] == (120.0, Act.DECLARE_DEAD)


def test_wake_ups_are_rounded_up_to_ticks_of_the_clock() -> None:
    machine = pinger(20.0, 10.0, opened_s=0.3, next_from="heard", tick_s=1.0)
    assert run(machine, 100.0) == [(21.0, Act.SEND_PING), (31.0, Act.DECLARE_DEAD)]


def test_rounding_also_when_traffic_moved_the_ping() -> None:
    machine = pinger(20.0, 10.0, next_from="heard", tick_s=1.0)
    assert run(machine, 40.0, [(9.5, Beat.DATA)]) == [
        (30.0, Act.SEND_PING),
        (40.0, Act.DECLARE_DEAD),
    ]


def test_a_whole_tick_is_not_rounded_further() -> None:
    machine = pinger(20.0, 10.0, opened_s=4.0, tick_s=1.0)
    assert machine.deadline_s == 24.0


def test_the_first_ping_may_come_at_a_random_share_of_the_interval() -> None:
    machine = Pinger(PingSpec(45.0, 45.0, first_by_luck=True), lambda: 0.2)
    machine.handle(Beat.OPENED, 100.0)
    assert run(machine, 160.0, [(110.0, Beat.PONG)]) == [
        (109.0, Act.SEND_PING),
        (154.0, Act.SEND_PING),
    ]


def test_hearing_never_moves_a_deadline_nearer_or_costs_an_action() -> None:
    machine = pinger(20.0, 10.0, next_from="heard")
    assert machine.handle(Beat.DATA, 5.0) == ()
    assert machine.deadline_s == 20.0
    assert machine.handle(TIMEOUT, 20.0) == ()
    assert machine.deadline_s == 25.0


def test_after_death_nothing_more_is_wanted() -> None:
    machine = pinger()
    run(machine, 300.0)
    assert (machine.state, machine.deadline_s) == (State.DEAD, NEVER_S)
    assert machine.handle(Beat.PONG, 301.0) == ()
    assert machine.deadline_s == NEVER_S


def test_silence_beyond_the_limit_is_death() -> None:
    assert run(watchdog(60.0), 300.0) == [(60.0, Act.DECLARE_DEAD)]
    beats = [(50.0, Beat.DATA), (100.0, Beat.PONG), (150.0, Beat.REPLY), (200.0, Beat.PING)]
    assert run(watchdog(60.0), 300.0, beats) == [(260.0, Act.DECLARE_DEAD)]


def test_a_watchdog_may_want_pings() -> None:
    machine = watchdog(45.0, only_pings=True)
    beats = [(25.0, Beat.PING), (60.0, Beat.DATA), (65.0, Beat.PONG)]
    assert run(machine, 300.0, beats) == [(70.0, Act.DECLARE_DEAD)]


def test_a_watchdog_may_look_only_now_and_then() -> None:
    assert run(watchdog(90.0, opened_s=1.0, tick_s=5.0), 300.0) == [(95.0, Act.DECLARE_DEAD)]
    beats = [(7.0, Beat.DATA)]
    assert run(watchdog(90.0, tick_s=5.0), 300.0, beats) == [(100.0, Act.DECLARE_DEAD)]


def test_a_dead_watchdog_stays_dead() -> None:
    machine = watchdog()
    run(machine, 300.0)
    machine.handle(Beat.DATA, 301.0)
    assert (machine.state, machine.deadline_s) == (State.DEAD, NEVER_S)


# Each row: preset, end, times of the beats it hears in calm, when the link is cut, when it notices.
NOTICES = [
    ("websockets", "client", [(20.05, Beat.PONG), (40.05, Beat.PONG)], 80.0),
    ("websockets", "server", [(20.05, Beat.PONG)], 60.0),
    ("uvicorn", "server", [(20.05, Beat.PONG)], 60.0),
    ("aiohttp", "server", [(0.4, Beat.DATA), (13.3, Beat.DATA)], 44.0),
    ("engine.io", "server", [(25.05, Beat.PONG)], 70.05),
    ("engine.io", "server", [(25.05, Beat.PONG), (50.06, Beat.DATA)], 70.06),
    ("engine.io", "client", [(25.0, Beat.PING), (60.0, Beat.DATA)], 70.0),
    ("mqtt.js", "client", [(33.0, Beat.REPLY), (80.0, Beat.DATA)], 123.0),
    ("mqtt.js", "server", [(33.0, Beat.DATA)], 125.0),
    ("paho", "client", [(60.05, Beat.PONG), (119.0, Beat.DATA)], 180.0),
    ("paho", "server", [(60.05, Beat.PING)], 155.0),
    ("paho-loop", "client", [(60.05, Beat.PONG), (119.0, Beat.DATA)], 180.0),
    ("libmosquitto", "client", [(60.05, Beat.PONG), (119.0, Beat.DATA)], 180.0),
    ("phoenix", "client", [(30.05, Beat.PONG)], 90.05),
    ("phoenix", "server", [(30.0, Beat.DATA)], 90.0),
    ("discord", "client", [(22.55, Beat.PONG)], 112.5),
    ("pusher", "client", [(33.0, Beat.DATA)], 183.0),
    ("centrifuge", "client", [(25.0, Beat.PING)], 60.0),
    ("centrifuge", "server", [(25.1, Beat.PONG)], 50.0 + 25.0 / 3.0),
]


@pytest.mark.parametrize(("name", "end", "heard", "notices_s"), NOTICES)
def test_when_an_end_notices_silence(name: str, end: str, heard: list, notices_s: float) -> None:
    side = getattr(HEARTBEATS[name], end)
    machine = Pinger(side.ping, lambda: 0.5) if side.ping else Watchdog(side.watch)
    machine.handle(Beat.OPENED, 0.0)
    time_s, act = run(machine, 1000.0, heard)[-1]
    assert act is Act.DECLARE_DEAD
    assert time_s == pytest.approx(notices_s)


def test_ends_that_never_notice() -> None:
    none = HEARTBEATS["none"]
    assert (none.client, none.server) == (None, None)
    silent = [
        (name, end)
        for name, beat in HEARTBEATS.items()
        for end in ("client", "server")
        if getattr(beat, end) is None and name != "none"
    ]
    assert silent == [
        ("uvicorn", "client"),
        ("aiohttp", "client"),
        ("discord", "server"),
        ("pusher", "server"),
    ]


def test_every_preset_names_its_source_and_does_one_thing_at_each_end() -> None:
    for name, beat in HEARTBEATS.items():
        assert len(beat.source) > 20, name
        for side in (beat.client, beat.server):
            assert side is None or (side.ping is None) != (side.watch is None), name


def test_defaults() -> None:
    assert PingSpec(1.0, 2.0) == PingSpec(1.0, 2.0, "ping", "nothing", True, 0.0, False)
    assert WatchdogSpec(1.0) == WatchdogSpec(1.0, False, 0.0)
    assert SideSpec() == SideSpec(None, None)
    assert PingSpec(1.0, math.inf).timeout_s == math.inf
    assert Heartbeat(None, None, "here").source == "here"


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PingSpec(0.0, 1.0), "interval_s = 0.0"),
        (lambda: PingSpec(1.0, 0.0), "timeout_s = 0.0"),
        (lambda: PingSpec(1.0, 1.0, next_from="byte"), "next_from = 'byte'"),
        (lambda: PingSpec(1.0, 1.0, while_awaiting="hope"), "while_awaiting = 'hope'"),
        (lambda: PingSpec(1.0, 1.0, tick_s=-1.0), "tick_s = -1.0"),
        (lambda: WatchdogSpec(0.0), "limit_s = 0.0"),
        (lambda: WatchdogSpec(1.0, tick_s=-1.0), "tick_s = -1.0"),
    ],
)
def test_impossible_specs_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
