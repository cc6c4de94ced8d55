"""Back-off under contention: the table of "Exponential Backoff And Jitter", with our formulas.

N clients want to update one row guarded by a version. Each reads the version, then writes with
compare-and-set; a failed write backs off and reads again. Every hop of the network takes
|N(10, 2)| ms, back-off has base 5 ms and cap 2,000 ms. The reference is
aws-samples/aws-arch-backoff-simulator at 66cb169, run with Python 3 and seed 1: means over 100
repetitions of the time until the last client is done and of the number of writes. There the first
wait already has exponent 1, and the first decorrelated wait follows a wait of the base.
"""

import heapq
import math
import random
import statistics

import pytest

from models.protocols.backoff import (
    Backoff,
    DecorrelatedJitter,
    EqualJitter,
    Exponential,
    Fixed,
    FullJitter,
)

BASE_S, CAP_S = 0.005, 2.0
REPETITIONS = 100
READ, WRITE, WRITTEN = range(3)

POLICIES: dict[str, Backoff] = {
    "none": Fixed(0.0),
    "exponential": Exponential(BASE_S, CAP_S),
    "equal": EqualJitter(BASE_S, CAP_S),
    "full": FullJitter(BASE_S, CAP_S),
    "decorrelated": DecorrelatedJitter(BASE_S, CAP_S),
}

# clients, policy, mean completion (ms), mean writes, standard deviation of the writes of one run
TABLE = [
    (10, "none", 382, 50.6, 4.0),
    (10, "exponential", 3_590, 51.0, 4.4),
    (10, "equal", 733, 42.4, 2.3),
    (10, "full", 465, 38.6, 2.3),
    (10, "decorrelated", 435, 37.9, 2.3),
    (100, "none", 2_034, 2_426, 28),
    (100, "exponential", 63_106, 1_860, 54),
    (100, "equal", 6_654, 812, 6.7),
    (100, "full", 4_910, 796, 7.9),
    (100, "decorrelated", 4_513, 1_001, 29),
]


def contend(clients: int, policy: Backoff, luck: random.Random) -> tuple[float, int]:
    """One run: seconds until the last client is done, and how many writes it took."""
    hop_s = lambda: abs(luck.gauss(0.010, 0.002))  # noqa: E731
    version = writes = 0
    attempts, waits_s = [0] * clients, [BASE_S] * clients
    now_s = 0.0
    # time, client, what arrives where, the version it carries (or whether the write succeeded)
    agenda = [(hop_s(), client, READ, 0) for client in range(clients)]
    heapq.heapify(agenda)
    while agenda:
        now_s, client, step, carried = heapq.heappop(agenda)
        if step == READ:
            there_and_back_s = hop_s() + hop_s()
            heapq.heappush(agenda, (now_s + there_and_back_s, client, WRITE, version))
        elif step == WRITE:
            writes += 1
            succeeded = carried == version
            version += succeeded
            heapq.heappush(agenda, (now_s + hop_s(), client, WRITTEN, int(succeeded)))
        elif not carried:
            attempts[client] += 1
            waits_s[client] = policy.delay_s(attempts[client], waits_s[client], luck.random)
            heapq.heappush(agenda, (now_s + hop_s() + waits_s[client], client, READ, 0))
    return now_s, writes


@pytest.mark.parametrize(("clients", "name", "completion_ms", "writes", "writes_sd"), TABLE)
def test_contention_table(
    clients: int, name: str, completion_ms: float, writes: float, writes_sd: float
) -> None:
    """Both sides are means of 100 runs, so their difference has a known standard error.

    Of the reference's completion times only the mean is known: they are taken to scatter as ours.
    Four standard errors leave one failure in 800 for 20 comparisons if the models are the same; the
    last printed digit adds half a unit.
    """
    luck = random.Random(f"{clients} {name}")
    runs = [contend(clients, POLICIES[name], luck) for _ in range(REPETITIONS)]
    times_ms = [1000 * run[0] for run in runs]
    counts = [run[1] for run in runs]
    error_ms = statistics.stdev(times_ms) * math.sqrt(2 / REPETITIONS)
    error = math.hypot(statistics.stdev(counts), writes_sd) / math.sqrt(REPETITIONS)
    half_digit = 0.05 if writes < 100 else 0.5
    assert abs(statistics.fmean(times_ms) - completion_ms) < 4 * error_ms + 0.5
    assert abs(statistics.fmean(counts) - writes) < 4 * error + half_digit


def test_full_jitter_halves_the_writes_of_plain_exponential_back_off() -> None:
    """The article's own statement, for 100 clients, in means of 20 runs."""
    means = {}
    for name in ("exponential", "full"):
        luck = random.Random(name)
        means[name] = statistics.fmean(
            contend(100, POLICIES[name], luck)[1] for _ in range(REPETITIONS // 5)
        )
    assert means["full"] < means["exponential"] / 2
