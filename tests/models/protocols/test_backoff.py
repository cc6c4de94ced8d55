"""Waits before a try: each formula at known luck, and each preset's published schedule."""

import pytest

from models.protocols.backoff import (
    BACKOFFS,
    Ably,
    AddedJitter,
    DecorrelatedJitter,
    EqualJitter,
    Exponential,
    Fixed,
    FullJitter,
    Grpc,
    Ladder,
    Linear,
    MinimumPlusFullJitter,
    OwnPace,
    SocketIo,
    SpreadThenExponential,
)


def no_luck() -> float:
    raise AssertionError("this schedule has no jitter and must draw nothing")


def schedule(policy, luck, tries: int = 12) -> list[float]:
    """The waits before `tries` tries in a row, each told the one before."""
    waits: list[float] = []
    for attempt in range(tries):
        waits.append(policy.delay_s(attempt, waits[-1] if waits else 0.0, luck))
    return waits


def of(draw: float):
    return lambda: draw


def test_fixed_is_the_same_for_ever() -> None:
    assert schedule(Fixed(1.5), no_luck, 4) == [1.5] * 4


def test_ladder_stays_on_its_last_step() -> None:
    assert schedule(Ladder((0.1, 2.0)), no_luck, 4) == [0.1, 2.0, 2.0, 2.0]


def test_linear_grows_by_a_step_up_to_its_cap() -> None:
    assert schedule(Linear(5.0, 12.0), no_luck, 4) == [5.0, 10.0, 12.0, 12.0]


def test_exponential_doubles_up_to_its_cap() -> None:
    assert schedule(Exponential(1.0, 6.0), no_luck, 5) == [1.0, 2.0, 4.0, 6.0, 6.0]


def test_exponential_takes_another_factor() -> None:
    assert schedule(Exponential(1.0, 100.0, 3.0), no_luck, 3) == [1.0, 3.0, 9.0]


@pytest.mark.parametrize("attempt", [300, 10_000])
def test_a_late_attempt_is_the_cap_and_no_overflow(attempt: int) -> None:
    assert Exponential(1.0, 30.0, 4.0).delay_s(attempt, 30.0, no_luck) == 30.0


def test_full_jitter_spans_nothing_to_the_exponential_wait() -> None:
    policy = FullJitter(1.0, 8.0)
    assert schedule(policy, of(0.0), 3) == [0.0, 0.0, 0.0]
    assert schedule(policy, of(0.5), 5) == [0.5, 1.0, 2.0, 4.0, 4.0]


def test_equal_jitter_keeps_half() -> None:
    policy = EqualJitter(1.0, 8.0)
    assert schedule(policy, of(0.0), 5) == [0.5, 1.0, 2.0, 4.0, 4.0]
    assert schedule(policy, of(0.5), 3) == [0.75, 1.5, 3.0]


def test_decorrelated_jitter_starts_from_its_base_and_follows_the_wait_before() -> None:
    policy = DecorrelatedJitter(1.0, 10.0)
    assert schedule(policy, of(0.5), 3) == [2.0, 3.5, 5.75]
    assert schedule(policy, of(0.0), 3) == [1.0, 1.0, 1.0]
    assert policy.delay_s(9, 9.0, of(0.5)) == 10.0
    assert policy.delay_s(0, 9.0, of(0.5)) == 2.0


@pytest.mark.parametrize(
    ("draw", "wait_s"),
    [(0.0, 1.0), (0.05, 0.975), (0.15, 1.075), (0.899, 0.551), (0.999, 1.499), (0.7003, 1.350)],
)
def test_socket_io_takes_size_and_sign_from_one_draw(draw: float, wait_s: float) -> None:
    assert SocketIo().delay_s(0, 0.0, of(draw)) == wait_s


@pytest.mark.parametrize(
    ("attempt", "least_s", "most_s", "share_at_cap"),
    [(0, 0.551, 1.499, 0.0), (1, 1.101, 2.999, 0.0), (2, 2.201, 5.0, 0.3), (3, 4.401, 5.0, 0.9)],
)
def test_socket_io_bands(attempt: int, least_s: float, most_s: float, share_at_cap: float) -> None:
    """200,000 draws of the real class (socket.io-client 4.8.4, contrib/backo2.js) gave these."""
    draws = [(i + 0.5) / 10_000 for i in range(10_000)]
    waits = [SocketIo().delay_s(attempt, 0.0, of(draw)) for draw in draws]
    assert min(waits) == pytest.approx(least_s, abs=0.001)
    assert max(waits) == pytest.approx(most_s, abs=0.001)
    assert waits.count(5.0) / len(waits) == pytest.approx(share_at_cap, abs=0.001)


def test_socket_io_has_no_jitter_from_the_fifth_wait_on() -> None:
    waits = {SocketIo().delay_s(n, 5.0, of(i / 997)) for n in (4, 5, 50) for i in range(997)}
    assert waits == {5.0}


def test_socket_io_truncates_to_whole_milliseconds() -> None:
    assert SocketIo(base_s=0.0105, cap_s=5.0).delay_s(0, 0.0, of(0.0)) == 0.010


def test_python_socketio_adds_its_jitter_after_the_cap() -> None:
    policy = AddedJitter(1.0, 5.0, 0.5)
    assert schedule(policy, of(0.0), 5) == [0.5, 1.5, 3.5, 4.5, 4.5]
    assert schedule(policy, of(0.75), 4) == [1.25, 2.25, 4.25, 5.25]


def test_grpc_grows_from_the_jittered_wait_and_jitters_beyond_the_cap() -> None:
    policy = Grpc(1.0, 10.0, 2.0, 0.2)
    assert policy.delay_s(0, 7.0, no_luck) == 1.0
    assert policy.delay_s(1, 1.0, of(0.0)) == pytest.approx(1.6)
    assert policy.delay_s(2, 1.6, of(0.5)) == pytest.approx(3.2)
    assert policy.delay_s(9, 10.0, of(0.75)) == pytest.approx(11.0)


def test_websockets_spreads_the_first_wait_only() -> None:
    waits = schedule(BACKOFFS["websockets"], of(0.5), 10)
    assert waits[:3] == [2.5, 3.1, pytest.approx(3.1 * 1.618)]
    assert waits[8:] == [pytest.approx(3.1 * 1.618**7), 90.0]


def test_centrifuge_never_waits_less_than_its_minimum_nor_more_than_its_maximum() -> None:
    policy = MinimumPlusFullJitter(0.5, 20.0)
    assert schedule(policy, of(0.0), 3) == [0.5, 0.5, 0.5]
    assert schedule(policy, of(0.5), 3) == [0.75, 1.0, 1.5]
    assert policy.delay_s(9, 20.0, of(0.99)) == 20.0


def test_own_pace_draws_once_and_then_only_grows() -> None:
    waits = schedule(OwnPace(1.0, 5.0, 10.0, 1.3), of(0.5), 7)
    assert waits[:2] == [3.0, pytest.approx(3.9)]
    assert waits[6] == 10.0


def test_ably_comes_back_at_once_then_slowly() -> None:
    assert schedule(Ably(), of(0.0), 5) == [0.0, 15.0, 20.0, 25.0, 30.0]
    assert Ably().delay_s(1, 0.0, of(0.5)) == 13.5
    assert Ably().delay_s(9, 30.0, of(0.0)) == 30.0


@pytest.mark.parametrize(
    ("name", "first_s"),
    [
        ("none", [0.0] * 3),
        ("fixed-1s", [1.0] * 3),
        ("libmosquitto", [1.0] * 3),
        ("pusher", [1.0] * 3),
        ("eventsource", [3.0] * 3),
        ("eventsource-firefox", [5.0] * 3),
        ("paho", [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0, 120.0]),
        ("exponential", [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
        ("phoenix", [0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 5.0]),
        ("slack-socket-mode", [5.0, 10.0, 15.0]),
    ],
)
def test_schedules_without_jitter(name: str, first_s: list[float]) -> None:
    assert schedule(BACKOFFS[name], no_luck, len(first_s)) == first_s


@pytest.mark.parametrize(
    ("name", "waits_s"),
    [
        ("full-jitter", [0.25, 0.5, 1.0, 2.0, 4.0, 7.5, 7.5]),
        ("equal-jitter", [0.625, 1.25, 2.5, 5.0, 10.0, 18.75]),
        ("decorrelated-jitter", [1.5, 1.875]),
        ("socket.io", [0.875, 1.75, 3.5, 5.0, 5.0]),
        ("python-socketio", [0.75, 1.75, 3.75, 4.75]),
        ("grpc", [1.0, 1.44, 2.0736]),
        ("discord.py", [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 256.0]),
        ("centrifuge", [0.625, 0.75, 1.0, 1.5, 2.5, 4.5, 5.5]),
        ("websockets", [1.25, 3.1]),
        ("reconnecting-websocket", [2.0, 2.6, 3.38]),
        ("ably", [0.0, 14.25, 19.0, 23.75, 28.5, 28.5]),
    ],
)
def test_schedules_at_a_quarter_of_the_luck(name: str, waits_s: list[float]) -> None:
    assert schedule(BACKOFFS[name], of(0.25), len(waits_s)) == pytest.approx(waits_s)


def test_every_preset_names_its_source_and_never_waits_less_than_nothing() -> None:
    for name, policy in BACKOFFS.items():
        assert len(policy.source) > 20, name
        for draw in (0.0, 0.5, 0.999):
            assert all(0.0 <= wait_s <= 1024.0 for wait_s in schedule(policy, of(draw), 40)), name


def test_a_setting_of_ones_own_says_so() -> None:
    policies = [
        Fixed(1.0),
        Ladder((1.0,)),
        Linear(1.0),
        Exponential(1.0, 2.0),
        FullJitter(1.0, 2.0),
        EqualJitter(1.0, 2.0),
        DecorrelatedJitter(1.0, 2.0),
        SocketIo(),
        AddedJitter(1.0, 2.0, 0.5),
        Grpc(1.0, 2.0, 2.0, 0.1),
        SpreadThenExponential(1.0, 1.0, 2.0, 2.0),
        MinimumPlusFullJitter(1.0, 2.0),
        OwnPace(1.0, 2.0, 3.0, 1.3),
        Ably(),
    ]
    assert {policy.source for policy in policies} == {"own setting"}


def test_bounds_themselves_are_allowed() -> None:
    assert Fixed(0.0).wait_s == 0.0
    assert Ladder((0.0,)).steps_s == (0.0,)
    assert Exponential(2.0, 2.0, 1.0).cap_s == 2.0
    assert SocketIo(randomization=0.0).randomization == 0.0
    assert SocketIo(randomization=1.0).randomization == 1.0
    assert AddedJitter(1.0, 2.0, 0.0).spread_s == 0.0
    assert AddedJitter(1.0, 2.0, 1.0).spread_s == 1.0
    assert Grpc(1.0, 2.0, 2.0, 0.0).jitter == 0.0
    assert OwnPace(2.0, 2.0, 2.0, 1.0).cap_s == 2.0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Fixed(-1.0), "wait_s = -1.0"),
        (lambda: Ladder(()), "steps_s"),
        (lambda: Ladder((1.0, -0.1)), "shortest of steps_s = -0.1"),
        (lambda: Linear(0.0), "base_s = 0.0"),
        (lambda: Linear(2.0, 1.0), "cap_s = 1.0"),
        (lambda: Exponential(0.0, 1.0), "base_s = 0.0: must be above 0"),
        (lambda: Exponential(2.0, 1.0), "cap_s = 1.0: must be at least 2.0"),
        (lambda: Exponential(1.0, 2.0, 0.9), "factor = 0.9"),
        (lambda: Exponential(1.0, 2.0, 4.1), "factor = 4.1"),
        (lambda: FullJitter(0.0, 1.0), "base_s"),
        (lambda: FullJitter(1.0, 2.0, 5.0), "factor"),
        (lambda: EqualJitter(0.0, 1.0), "base_s"),
        (lambda: EqualJitter(1.0, 2.0, 5.0), "factor"),
        (lambda: DecorrelatedJitter(2.0, 1.0), "cap_s"),
        (lambda: SocketIo(base_s=0.0), "base_s"),
        (lambda: SocketIo(randomization=1.1), "randomization = 1.1: must be within 0 to 1"),
        (lambda: SocketIo(randomization=-0.1), "randomization"),
        (lambda: AddedJitter(0.0, 1.0, 0.0), "base_s"),
        (lambda: AddedJitter(1.0, 5.0, 1.1), "spread_s = 1.1"),
        (lambda: AddedJitter(1.0, 5.0, -0.1), "spread_s"),
        (lambda: Grpc(2.0, 1.0, 1.6, 0.2), "cap_s"),
        (lambda: Grpc(1.0, 2.0, 5.0, 0.2), "factor"),
        (lambda: Grpc(1.0, 2.0, 1.6, 1.0), "jitter = 1.0"),
        (lambda: Grpc(1.0, 2.0, 1.6, -0.1), "jitter"),
        (lambda: SpreadThenExponential(0.0, 1.0, 2.0, 2.0), "spread_s = 0.0"),
        (lambda: SpreadThenExponential(1.0, 2.0, 1.0, 2.0), "cap_s"),
        (lambda: SpreadThenExponential(1.0, 1.0, 2.0, 5.0), "factor"),
        (lambda: MinimumPlusFullJitter(0.0, 1.0), "base_s"),
        (lambda: OwnPace(2.0, 1.0, 3.0, 1.3), "cap_s = 1.0"),
        (lambda: OwnPace(1.0, 4.0, 3.0, 1.3), "cap_s = 3.0: must be at least 4.0"),
        (lambda: OwnPace(1.0, 2.0, 3.0, 0.5), "factor"),
        (lambda: Ably(0.0), "base_s = 0.0"),
    ],
)
def test_impossible_settings_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
