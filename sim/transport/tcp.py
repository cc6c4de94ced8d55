"""What Linux's TCP believes and when its timers fire: constants, RTT estimator, timer wheel.

Pure arithmetic, shared by the fast connection and by the segment-exact reference. It leaves out
everything that needs a connection's state (see `sim.transport.segment`). File names are those
of the Linux source; where kernels differ, the generation says which one is meant.
"""

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sim.core.compiled import part

HZ: Final = 250
"""Timer ticks a second: CONFIG_HZ_250, the default of kernel/Kconfig.hz and of Debian."""

RTO_MIN_S: Final = 0.2
"""Floor of the *variance term* of the RTO: TCP_RTO_MIN, include/net/tcp.h."""
RTO_MAX_S: Final = 120.0
"""Ceiling of the RTO, back-off included: TCP_RTO_MAX, include/net/tcp.h."""
RTO_INITIAL_S: Final = 1.0
"""RTO before the first sample: TCP_TIMEOUT_INIT, include/net/tcp.h; RFC 6298 section 2.1."""
PROBE_SLACK_S: Final = 0.002
"""Added to 2 SRTT by the tail-loss probe with two or more segments in flight:
TCP_TIMEOUT_MIN_US, include/net/tcp.h."""
DELAYED_ACK_MIN_S: Final = 0.04
"""Shortest delay of an acknowledgement: TCP_DELACK_MIN, include/net/tcp.h."""
DELAYED_ACK_MAX_S: Final = 0.2
"""Longest delay of an acknowledgement: TCP_DELACK_MAX, include/net/tcp.h."""
INITIAL_WINDOW_SEGMENTS: Final = 10
"""TCP_INIT_CWND, include/net/tcp.h; RFC 6928."""
DUPLICATE_THRESHOLD: Final = 3
"""Duplicate acknowledgements that prove a loss: TCP_FASTRETRANS_THRESH; RFC 5681 section 3.2."""
DATA_RETRIES: Final = 15
"""net.ipv4.tcp_retries2, Documentation/networking/ip-sysctl.rst."""
SYN_RETRIES: Final = 6
"""net.ipv4.tcp_syn_retries, Documentation/networking/ip-sysctl.rst."""
SYN_LINEAR_RETRIES: Final = 4
"""net.ipv4.tcp_syn_linear_timeouts since Linux 6.5, Documentation/networking/ip-sysctl.rst."""
SYNACK_RETRIES: Final = 5
"""net.ipv4.tcp_synack_retries, Documentation/networking/ip-sysctl.rst."""

_WHEEL_FIRST_TICKS: Final = 63  # LVL_START(1), kernel/time/timer.c
_WHEEL_SHIFT: Final = 3  # LVL_CLK_SHIFT: each level is 8 times coarser
_WHEEL_LEVELS: Final = 9  # LVL_DEPTH for HZ > 100
_TICK_SLACK: Final = 1e-6  # of a tick: keeps float noise from costing a whole tick


class Kernel(Enum):
    """Which Linux resends SYNs: the schedule changed with 6.5."""

    EXPONENTIAL_SYN = "exponential"  # up to 6.4
    LINEAR_SYN = "linear"  # 6.5 and later


def syn_delays_s(kernel: Kernel = Kernel.LINEAR_SYN) -> tuple[float, ...]:
    """Nominal wait after each SYN; after the last one `connect()` fails (ETIMEDOUT).

    Up to 6.4: tries at 0, 1, 3, 7, 15, 31, 63 s, failure at 127 s. Later: the first five waits
    are 1 s (one plus tcp_syn_linear_timeouts), then they double: tries at 0, 1, 2, 3, 4, 5, 7,
    11, 19, 35, 67 s, failure at 131 s. Source: ip-sysctl.rst; tcp_retransmit_timer().
    """
    linear = SYN_LINEAR_RETRIES if kernel is Kernel.LINEAR_SYN else 0
    doubling = (RTO_INITIAL_S * 2.0**k for k in range(SYN_RETRIES + 1))
    return (RTO_INITIAL_S,) * linear + tuple(doubling)


def synack_delays_s() -> tuple[float, ...]:
    """Nominal wait after each SYN-ACK of a listening socket: 1, 2, 4, 8, 16, then 32 s to the end.

    Exponential on every kernel; reqsk_timer_handler(), net/ipv4/inet_connection_sock.c.
    """
    return tuple(RTO_INITIAL_S * 2.0**k for k in range(SYNACK_RETRIES + 1))


def give_up_after_s(retries: int = DATA_RETRIES, rto_base_s: float = RTO_MIN_S) -> float:
    """Time from the first retransmission after which the next expired RTO kills the connection.

    The time `retries` doublings of a 200 ms RTO would take, capped at 120 s each: 924.6 s for
    the default 15. Source: tcp_model_timeout(), net/ipv4/tcp_timer.c.
    """
    doublings = int(math.log2(RTO_MAX_S / rto_base_s))
    if retries <= doublings:
        return (2.0 ** (retries + 1) - 1) * rto_base_s
    return (2.0 ** (doublings + 1) - 1) * rto_base_s + (retries - doublings) * RTO_MAX_S


@part
def ticks(delay_s: float, hz: int = HZ) -> int:
    """Whole ticks that cover `delay_s` (usecs_to_jiffies() rounds up)."""
    return math.ceil(delay_s * hz - _TICK_SLACK)


@part
def now_ticks(time_s: float, hz: int = HZ) -> int:
    """The kernel's tick counter (jiffies) at `time_s`."""
    return int(time_s * hz + _TICK_SLACK)


@part
def timer_fire_s(set_at_s: float, delay_s: float, hz: int = HZ, ahead: bool = False) -> float:
    """When a kernel timer set now for `delay_s` really fires; never early.

    The delay is rounded up to a tick, then to the end of its timer-wheel bucket: one tick for
    less than 63 ticks, 8 below 504, 64 below 4,032, 512 below 32,256. At 250 Hz that is 4 ms
    below 0.25 s, 32 ms below 2 s, 256 ms below 16 s, 2.05 s below 129 s. Buckets are aligned
    to the tick count since time 0. Source: calc_wheel_index(), kernel/time/timer.c.
    """
    return wheel_fire_s(set_at_s, ticks(delay_s, hz), hz, ahead)


@part
def wheel_fire_s(set_at_s: float, delay_ticks: int, hz: int = HZ, ahead: bool = False) -> float:
    """`timer_fire_s` for a delay that is already counted in ticks.

    Once timers have run in a tick, the wheel's clock is one tick `ahead` (__run_timers()), and a
    delay at the edge of a level falls into the finer one: 63 ticks, the RTO of a 50 ms path,
    then take 252-256 ms instead of 252-284. How often is a matter of the host: a receive
    time-out of 63 ticks on Linux 6.18 came in the first tick in 0 to 40 % of the cases beyond
    its share, depending on what else ran.
    """
    expires = now_ticks(set_at_s, hz) + delay_ticks
    shift = 0
    limit = _WHEEL_FIRST_TICKS
    while delay_ticks - ahead >= limit and shift < _WHEEL_SHIFT * (_WHEEL_LEVELS - 1):
        limit <<= _WHEEL_SHIFT
        shift += _WHEEL_SHIFT
    return float(((expires >> shift) + 1) << shift) / hz


@part
def probe_delay_s(srtt_s: float, in_flight: int, rto_left_s: float) -> float:
    """Wait before the tail-loss probe: 2 SRTT + 200 ms for a lone segment, else 2 SRTT + 2 ms.

    `rto_left_s` is what remains of the RTO counted from the oldest unacknowledged segment: the
    probe is never later. Source: tcp_schedule_loss_probe(), net/ipv4/tcp_output.c; RFC 8985
    section 7.2 (which waits for the delayed acknowledgement where Linux adds TCP_RTO_MIN).
    """
    delay_s = 2.0 * srtt_s + (RTO_MIN_S if in_flight == 1 else PROBE_SLACK_S)
    return min(delay_s, rto_left_s) if rto_left_s > 0.0 else delay_s


@dataclass(slots=True)
class RttEstimator:
    """Smoothed RTT and its variance term as Linux keeps them (RFC 6298 with three differences).

    The variance term is at least 200 ms. The deviation falls eight times slower when the RTT
    falls, so that a sudden *decrease* does not inflate the RTO. The variance term jumps to a
    new maximum at once and comes back by a quarter of the gap once per window of data.
    Source: tcp_rtt_estimator(), net/ipv4/tcp_input.c. `deviation_s` is four mean deviations.
    """

    srtt_s: float = 0.0
    deviation_s: float = 0.0
    deviation_max_s: float = 0.0
    variance_s: float = 0.0
    window_end: int = 0  # the window of data ends when this sequence number is acknowledged

    def sample(self, rtt_s: float, snd_una: int, snd_nxt: int) -> None:
        """Take one RTT; `snd_una` and `snd_nxt` delimit what is in flight after the ACK."""
        if self.srtt_s == 0.0:
            self.srtt_s = rtt_s
            self.deviation_s = 2.0 * rtt_s
            self.variance_s = self.deviation_max_s = max(self.deviation_s, RTO_MIN_S)
            self.window_end = snd_nxt
            return
        error_s = rtt_s - self.srtt_s
        self.srtt_s += error_s / 8.0
        surplus_s = abs(error_s) - self.deviation_s / 4.0
        if error_s < 0.0 and surplus_s > 0.0:
            surplus_s /= 8.0
        self.deviation_s += surplus_s
        if self.deviation_s > self.deviation_max_s:
            self.deviation_max_s = self.deviation_s
            self.variance_s = max(self.variance_s, self.deviation_max_s)
        if snd_una > self.window_end:
            if self.deviation_max_s < self.variance_s:
                self.variance_s -= (self.variance_s - self.deviation_max_s) / 4.0
            self.window_end = snd_nxt
            self.deviation_max_s = RTO_MIN_S

    @property
    def rto_s(self) -> float:
        """Retransmission time-out without back-off: 1 s before the first sample (RFC 6298)."""
        if self.srtt_s == 0.0:
            return RTO_INITIAL_S
        return min(self.srtt_s + self.variance_s, RTO_MAX_S)
