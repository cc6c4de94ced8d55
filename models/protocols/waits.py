"""The arithmetic of waits between tries: numbers and one draw in, seconds out.

One definition for the policies of `backoff`, which a client's machine asks, and for the storm,
whose compiled loop cannot ask an object: `wait_s` is plain arithmetic, chosen by a rule's number.
`numbers` are the fields of the rule's class in their order, its source left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

FIXED: Final = 0
LADDER: Final = 1
LINEAR: Final = 2
EXPONENTIAL: Final = 3
FULL_JITTER: Final = 4
EQUAL_JITTER: Final = 5
DECORRELATED_JITTER: Final = 6
SOCKET_IO: Final = 7
ADDED_JITTER: Final = 8
GRPC: Final = 9
SPREAD_THEN_EXPONENTIAL: Final = 10
MINIMUM_PLUS_FULL_JITTER: Final = 11
OWN_PACE: Final = 12
ABLY: Final = 13

_EXPONENT_MAX: Final = 256  # 4.0 ** 256 is still a float; every cap is reached long before
_LUCKY_ALWAYS: Final = (4, 5, 6, 7, 8, 11)
_LUCKY_FIRST: Final = (10, 12)
_LUCKY_LATER: Final = (9, 13)


def draws(rule: int, numbers: Sequence[float], attempt: int) -> bool:
    """Whether the wait before try `attempt` depends on luck: only then a number is drawn."""
    if rule == FIXED:
        return numbers[1] != 0.0
    if rule == EXPONENTIAL:
        return numbers[3] != 0.0
    if rule in _LUCKY_FIRST:
        return attempt == 0
    if rule in _LUCKY_LATER:
        return attempt > 0
    return rule in _LUCKY_ALWAYS


def grown_s(base_s: float, factor: float, attempt: int, cap_s: float) -> float:
    """`base_s` times `factor` for each try before, at most `cap_s`."""
    return min(cap_s, base_s * math.pow(factor, float(min(attempt, _EXPONENT_MAX))))


def wait_s(
    rule: int, numbers: Sequence[float], attempt: int, previous_s: float, draw: float
) -> float:
    """Seconds before try `attempt` (0 is the first after a loss) by that rule.

    `previous_s`: the wait before that one. `draw`: uniform in [0, 1) where the rule `draws`.
    """
    if rule <= LINEAR:
        return _listed_s(rule, numbers, attempt, draw)
    if rule == SOCKET_IO:
        return _socket_io_s(numbers[0], numbers[1], numbers[2], attempt, draw)
    if rule in _LUCKY_ALWAYS:
        return _jittered_s(rule, numbers, attempt, previous_s, draw)
    if attempt == 0 and rule != EXPONENTIAL:
        return _first_s(rule, numbers, draw)
    return _growing_s(rule, numbers, attempt, previous_s, draw)


def _listed_s(rule: int, numbers: Sequence[float], attempt: int, draw: float) -> float:
    """The same wait, listed ones, or a step more each time."""
    if rule == LADDER:
        return numbers[min(attempt, len(numbers) - 1)]
    if rule == LINEAR:
        return min(numbers[1], numbers[0] * (attempt + 1))
    return numbers[0] + numbers[1] * (2 * draw - 1) if numbers[1] != 0.0 else numbers[0]


def _jittered_s(
    rule: int, numbers: Sequence[float], attempt: int, previous_s: float, draw: float
) -> float:
    """The rules in which every wait is drawn."""
    base_s, cap_s = numbers[0], numbers[1]
    if rule == FULL_JITTER:
        return draw * grown_s(base_s, numbers[2], attempt, cap_s)
    if rule == EQUAL_JITTER:
        half_s = grown_s(base_s, numbers[2], attempt, cap_s) / 2
        return half_s + draw * half_s
    if rule == DECORRELATED_JITTER:
        before_s = previous_s if attempt > 0 else base_s
        return min(cap_s, base_s + draw * (3 * before_s - base_s))
    if rule == ADDED_JITTER:
        return grown_s(base_s, 2.0, attempt, cap_s) + numbers[2] * (2 * draw - 1)
    return min(cap_s, base_s + draw * grown_s(base_s, 2.0, attempt, cap_s))


def _first_s(rule: int, numbers: Sequence[float], draw: float) -> float:
    """The rules whose first wait is of another kind than all that follow."""
    if rule == ABLY:
        return 0.0
    if rule == GRPC:
        return numbers[0]
    if rule == SPREAD_THEN_EXPONENTIAL:
        return draw * numbers[0]
    return numbers[0] + draw * (numbers[1] - numbers[0])  # own pace


def _growing_s(
    rule: int, numbers: Sequence[float], attempt: int, previous_s: float, draw: float
) -> float:
    """The rules that grow, later waits of those with an odd first one included."""
    if rule == EXPONENTIAL:
        plain_s = grown_s(numbers[0], numbers[2], attempt, numbers[1])
        return plain_s * (1 + numbers[3] * (2 * draw - 1)) if numbers[3] != 0.0 else plain_s
    if rule == GRPC:
        plain_s = min(numbers[1], previous_s * numbers[2])
        return plain_s * (1 + numbers[3] * (2 * draw - 1))
    if rule == SPREAD_THEN_EXPONENTIAL:
        return grown_s(numbers[1], numbers[3], attempt - 1, numbers[2])
    if rule == ABLY:
        return numbers[0] * min((attempt + 2) / 3, 2.0) * (1 - 0.2 * draw)
    return min(numbers[2], previous_s * numbers[3])  # own pace


def _socket_io_s(
    base_s: float, cap_s: float, randomization: float, attempt: int, draw: float
) -> float:
    """Whole milliseconds; `x - x % 1` is the floor also of what no integer type holds."""
    plain_ms = grown_s(base_s, 2.0, attempt, math.inf) * 1000
    shift_ms = draw * randomization * plain_ms
    shift_ms -= shift_ms % 1.0
    later = int(draw * 10) % 2 == 1
    wait_ms = min(plain_ms + shift_ms if later else plain_ms - shift_ms, cap_s * 1000)
    return (wait_ms - wait_ms % 1.0) / 1000
