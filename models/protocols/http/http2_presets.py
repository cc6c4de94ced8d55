"""How clients and servers speak HTTP/2: shipped choices, with their sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least, one_of

PINGS: Final = ("never", "with a request", "in silence")


@dataclass(frozen=True, slots=True)
class Http2ClientOptions:
    """How a client keeps its connection.

    `streams_before`: streams at a time until the server has said how many it takes; `streams_max`:
    the most it opens whatever the server says. `idle_s`: a connection without streams is closed
    after this long. `pings`: "never"; "with a request", where nothing was read for `ping_after_s`;
    or "in silence" of that length, request or not. A ping after which nothing is read for
    `ping_timeout_s` ends the connection; `repeats` then sends again whatever was open, POST or not.
    `tries_max`: how often a request goes out that the server has certainly not looked at.
    `settings`: parameters of its SETTINGS frame.
    """

    streams_before: int = 100  # net/spdy/spdy_session.h kInitialMaxConcurrentStreams
    streams_max: int = 256  # spdy_session.cc kMaxConcurrentStreamLimit
    idle_s: float = math.inf
    pings: str = "with a request"
    ping_after_s: float = 10.0  # spdy_session.cc kDefaultConnectionAtRiskOfLossSeconds
    ping_timeout_s: float = 10.0  # spdy_session.cc kHungIntervalSeconds
    repeats: bool = True  # http_network_transaction.cc, ERR_HTTP2_PING_FAILED
    tries_max: int = 3  # http_network_transaction.cc kMaxRetryAttempts = 2
    settings: int = 4
    source: str = "own setting"

    def __post_init__(self) -> None:
        at_least("streams_before", self.streams_before, 1)
        at_least("streams_max", self.streams_max, 1)
        above("idle_s", self.idle_s, 0.0)
        one_of("pings", self.pings, PINGS)
        above("ping_after_s", self.ping_after_s, 0.0)
        above("ping_timeout_s", self.ping_timeout_s, 0.0)
        at_least("tries_max", self.tries_max, 1)
        at_least("settings", self.settings, 0)


@dataclass(frozen=True, slots=True)
class Http2ServerOptions:
    """How a server takes streams: so many at a time, `settings` parameters in its SETTINGS."""

    streams_max: float = 128
    settings: int = 3
    source: str = "own setting"

    def __post_init__(self) -> None:
        at_least("streams_max", self.streams_max, 1)
        at_least("settings", self.settings, 0)


HTTP2_CLIENTS: Final[Mapping[str, Http2ClientOptions]] = MappingProxyType(
    {
        "chromium": Http2ClientOptions(
            source="Chromium net/spdy/spdy_session.cc, net/http/http_network_transaction.cc",
        ),
        "firefox": Http2ClientOptions(
            streams_max=2**31 - 1,
            idle_s=170.0,
            pings="in silence",
            ping_after_s=58.0,
            ping_timeout_s=8.0,
            repeats=False,
            source="Firefox all.js network.http.http2.default-concurrent, timeout, ping-threshold, "
            "ping-timeout; Http2Session.cpp ReadTimeoutTick()",
        ),
        "httpx": Http2ClientOptions(
            streams_before=1,
            streams_max=100,
            idle_s=5.0,
            pings="never",
            repeats=False,
            tries_max=1,
            source="PyPI httpcore 1.0.9 _sync/http2.py; httpx's keepalive_expiry 5 s",
        ),
    }
)
"""HTTP/2 of shipped clients."""

HTTP2_SERVERS: Final[Mapping[str, Http2ServerOptions]] = MappingProxyType(
    {
        "nginx": Http2ServerOptions(128, source="nginx ngx_http_v2_module.c concurrent_streams"),
        "haproxy": Http2ServerOptions(100, source="HAProxy tune.h2.max-concurrent-streams"),
        "apache": Http2ServerOptions(100, source="Apache mod_http2 H2MaxSessionStreams"),
        "tomcat": Http2ServerOptions(100, source="Tomcat 10.1 config/http2 maxConcurrentStreams"),
        "traefik": Http2ServerOptions(250, source="Traefik entryPoints http2.maxConcurrentStreams"),
        "node": Http2ServerOptions(math.inf, source="Node 20 http2 getDefaultSettings()"),
    }
)
"""HTTP/2 of shipped servers. RFC 9113 section 6.5.2 advises at least 100 streams."""
