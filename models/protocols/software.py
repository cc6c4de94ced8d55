"""What a client runs in: a browser, a runtime or an app, as far as connections and timers feel it.

A browser tells its page when the device has no link and when it has one again; some give up dead
WebSockets by themselves; none lets a page send a WebSocket ping; and the timers of a tab that
nobody looks at are late (`docs/devices.md`). `CLIENTS` are the numbers of shipped software. How
many connections it keeps to a host is in `http.pools`, how its EventSource retries in
`sse.event_source`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least, one_of, round_up_s
from models.protocols.tcp_keepalive import OFF, TCP_KEEPALIVES, TcpKeepAlive


@dataclass(frozen=True, slots=True)
class Software:
    """What a client runs in. Times in seconds, infinity for what never happens.

    `offline_after_s`, `online_after_s`: how long after the link died, or works again, the program
    is told. `listens`: what it makes of that: "no" nothing; at "offline" it gives its connection
    up, and waits before it dials again; with "both" it also dials at once when it is told of a
    link. `gives_up_after_s`: the software itself ends a connection whose link died so long ago.
    `sends_pings`: whether a program can send WebSocket pings. Timers of a hidden tab end on whole
    ticks of `hidden_tick_s`, and of `sparse_tick_s` from `sparse_after_s` in hiding on; 0 for no
    ticks. `tcp_keepalive`: what it asks of its kernel.
    """

    offline_after_s: float = math.inf
    online_after_s: float = math.inf
    listens: str = "both"
    gives_up_after_s: float = math.inf
    sends_pings: bool = True
    hidden_tick_s: float = 0.0
    sparse_tick_s: float = 0.0
    sparse_after_s: float = math.inf
    tcp_keepalive: TcpKeepAlive = OFF
    source: str = "own setting"

    def __post_init__(self) -> None:
        at_least("offline_after_s", self.offline_after_s, 0.0)
        at_least("online_after_s", self.online_after_s, 0.0)
        one_of("listens", self.listens, ("no", "offline", "both"))
        above("gives_up_after_s", self.gives_up_after_s, 0.0)
        at_least("hidden_tick_s", self.hidden_tick_s, 0.0)
        at_least("sparse_tick_s", self.sparse_tick_s, 0.0)
        at_least("sparse_after_s", self.sparse_after_s, 0.0)

    @property
    def lost_after_s(self) -> float:
        """How long after its link died a connection is given up without a heartbeat.

        >>> CLIENTS["firefox"].lost_after_s
        1.0
        >>> Software(offline_after_s=1.0, listens="no").lost_after_s
        inf
        """
        told_s = self.offline_after_s if self.listens != "no" else math.inf
        return min(told_s, self.gives_up_after_s)

    @property
    def redials_after_s(self) -> float:
        """How long after its link works again a client dials without waiting any longer."""
        return self.online_after_s if self.listens == "both" else math.inf

    def hidden_due_s(self, time_s: float, hidden_since_s: float, phase_s: float) -> float:
        """When a timer that is due at `time_s` ends in a tab hidden since then.

        `phase_s`: how far the device's clock is ahead of whole ticks.

        >>> CLIENTS["chromium"].hidden_due_s(30.2, hidden_since_s=0.0, phase_s=0.0)
        31.0
        >>> CLIENTS["chromium"].hidden_due_s(90.2, hidden_since_s=0.0, phase_s=0.0)
        120.0
        """
        sparse = time_s - hidden_since_s >= self.sparse_after_s
        return round_up_s(time_s, self.sparse_tick_s if sparse else self.hidden_tick_s, phase_s)


CLIENTS: Final[Mapping[str, Software]] = MappingProxyType(
    {
        "python": Software(
            listens="no",
            source="PyPI websockets 17.4, paho-mqtt 2.2.0, aiohttp 3.14.5: none looks at links",
        ),
        "node": Software(
            listens="no", source="Node 20.20: no event of the network; npm ws 8.23.0 can ping"
        ),
        "chromium": Software(
            # Linux and Windows; Android 0 and 0, ChromeOS 0.5 and 0.5
            offline_after_s=1.5,
            online_after_s=0.5,
            sends_pings=False,
            hidden_tick_s=1.0,
            sparse_tick_s=60.0,
            tcp_keepalive=TCP_KEEPALIVES["chromium"],
            sparse_after_s=60.0,  # of a page that had loaded; 300 under policy, and until 2023
            source="Chromium network_change_notifier_linux.cc connection_type_offline_delay_,"
            " _online_delay_; scheduler/common/features.h, page_scheduler_impl.cc",
        ),
        "firefox": Software(
            offline_after_s=1.0,
            online_after_s=1.0,
            tcp_keepalive=TCP_KEEPALIVES["firefox"],
            gives_up_after_s=11.2,  # told, 200 ms later a ping, 10 s for its pong
            sends_pings=False,
            # its floor of 1 s a timer in hidden tabs is below every timer here that matters, and an
            # open WebSocket lifts its budget (TimeoutManager.cpp)
            source="Firefox NetlinkService.cpp kNetworkChangeCoalescingPeriod 1000 ms;"
            " WebSocketChannel.cpp, network change",
        ),
        "safari": Software(
            offline_after_s=2.0,
            online_after_s=2.0,
            sends_pings=False,
            hidden_tick_s=1.0,
            source="WebKit NetworkStateNotifier.cpp updateStateSoonInterval 2 s; DOMTimer.h",
        ),
        "native": Software(
            offline_after_s=0.0,
            online_after_s=0.0,
            source="Android ConnectivityManager.NetworkCallback; Chromium waits 0 s for it"
            " (network_change_notifier_android.cc)",
        ),
    }
)
"""What clients run in, by name; the browsers with a page that listens to both events."""
