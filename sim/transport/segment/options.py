"""What may differ between two TCP connections, and what their kernels count."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sim.transport.tcp import HZ, Kernel


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """Settings of both ends; pairs are (client, server).

    Attributes:
        nodelay: TCP_NODELAY set, so that Nagle's algorithm (RFC 896) is off.
        user_timeout_s: TCP_USER_TIMEOUT, RFC 5482; 0 = not set, tcp_retries2 decides.
        hz: timer ticks a second of both kernels.
        kernel: generation, for the SYN schedule.
        ipv6: larger headers, smaller segments.
        record_bytes: what TLS adds to every write.
        ahead_share: how often the hosts' timer wheels have already run in the tick in which a
            timer is set (see `wheel_fire_s`); needs luck. 0 to 0.4 were seen on one host.
    """

    nodelay: tuple[bool, bool] = (True, True)
    user_timeout_s: tuple[float, float] = (0.0, 0.0)
    hz: int = HZ
    kernel: Kernel = Kernel.LINEAR_SYN
    ipv6: bool = False
    record_bytes: int = 0
    ahead_share: float = 0.0

    def __post_init__(self) -> None:
        if not 24 <= self.hz <= 10_000:
            raise ValueError(f"hz is {self.hz!r}; allowed: 24 to 10000")
        if min(self.user_timeout_s) < 0.0:
            raise ValueError(f"user_timeout_s is {self.user_timeout_s!r}; allowed: >= 0")
        if self.record_bytes < 0:
            raise ValueError(f"record_bytes is {self.record_bytes!r}; allowed: >= 0")
        if not 0.0 <= self.ahead_share <= 1.0:
            raise ValueError(f"ahead_share is {self.ahead_share!r}; allowed: 0 to 1")


class Settings(NamedTuple):
    """What one end needs of the options."""

    mss_bytes: int
    nagle: bool
    user_timeout_s: float
    hz: int
    ahead: Callable[[], bool]  # whether the timer wheel is one tick ahead right now


@dataclass(slots=True)
class Counters:
    """One end's share of the kernel's counters (proc_pid_net(5), /proc/net/netstat and snmp)."""

    packets: int = 0  # all that left, acknowledgements included
    bytes: int = 0  # with headers
    retransmitted: int = 0  # RetransSegs
    timeouts: int = 0  # TCPTimeouts
    probes: int = 0  # TCPLossProbes
    fast_retransmitted: int = 0  # TCPFastRetrans
    duplicates_reported: int = 0  # TCPDSACKRecv
