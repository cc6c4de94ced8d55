"""TCP's own keep-alive (SO_KEEPALIVE): when a kernel asks in silence whether its peer is there.

It is off unless a program asks for it, and its time is set by the kernel (RFC 9293 section 3.8.4;
Linux tcp(7)). Heartbeats of applications are in `models.protocols.heartbeat`; what an EventSource's
browser does is in `models.protocols.sse`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least


@dataclass(frozen=True, slots=True)
class TcpKeepAlive:
    """How a kernel probes. `idle_s`: seconds of silence before the first probe, infinity for none
    ever; `interval_s`: from one to the next; after `probes` without an answer the connection is
    over.
    """

    idle_s: float = 7200.0  # net.ipv4.tcp_keepalive_time
    interval_s: float = 75.0  # net.ipv4.tcp_keepalive_intvl
    probes: int = 9  # net.ipv4.tcp_keepalive_probes
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("idle_s", self.idle_s, 0.0)
        above("interval_s", self.interval_s, 0.0)
        at_least("probes", self.probes, 1)

    @property
    def is_on(self) -> bool:
        """Whether it ever probes."""
        return self.idle_s < math.inf

    @property
    def gives_up_after_s(self) -> float:
        """Silence after which a dead peer is noticed, but for what the kernel's timer rounds up.

        >>> TCP_KEEPALIVES["chromium"].gives_up_after_s
        450.0
        """
        return self.idle_s + self.interval_s * self.probes


OFF: Final = TcpKeepAlive(
    math.inf,
    source="PyPI websockets 17.4, paho-mqtt 2.2.0, aiohttp 3.14.5 (client); Chromium on Android;"
    " Node 20.20 net.Server",
)

TCP_KEEPALIVES: Final[Mapping[str, TcpKeepAlive]] = MappingProxyType(
    {
        "off": OFF,
        "linux": TcpKeepAlive(
            source="Documentation/networking/ip-sysctl.rst; asked for by servers of aiohttp 3.14.5"
            " (web_protocol.py, tcp_keepalive=True)",
        ),
        "chromium": TcpKeepAlive(
            45.0,
            45.0,
            source="Chromium tcp_socket_posix.cc kTCPKeepAliveSeconds = 45, not on Android; count"
            " of Linux",
        ),
        "firefox": TcpKeepAlive(
            600.0,  # its first minute, with a probe every 10 s, is left out
            1.0,
            4,
            "Firefox all.js network.http.tcp_keepalive.long_lived_idle_time 600, retry 1 s, 4",
        ),
        "node-agent": TcpKeepAlive(
            1.0,
            1.0,
            10,
            "Node 20.20.2 http.Agent with keepAlive, system calls: TCP_KEEPIDLE 1, INTVL 1, CNT 10",
        ),
        "undici": TcpKeepAlive(
            60.0,
            1.0,
            10,
            "fetch of Node 20.20.2, system calls: TCP_KEEPIDLE 60, INTVL 1, CNT 10",
        ),
        "go": TcpKeepAlive(15.0, 15.0, source="Go 1.23 net.KeepAliveConfig: 15 s, 15 s, 9"),
    }
)
"""What shipped software asks of its kernel, by name."""
