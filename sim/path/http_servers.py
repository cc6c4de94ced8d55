"""How long HTTP servers keep a connection that waits for its next request, by their defaults.

A client that uses the connection again just then meets a FIN on its way: its request is refused by
a reset, and whether it goes out a second time is the client's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """When a server closes an idle connection, in seconds after an answer, and who says so."""

    closes_after_s: float
    source: str


HTTP_SERVERS: Final[Mapping[str, KeepAlive]] = MappingProxyType(
    {
        "node-20": KeepAlive(
            6.0,
            "Node.js to 25: keepAliveTimeout 5 s, nodejs.org/api/http.html; it closes a second"
            " later (20.20.2, 20 connections: 6.000 to 6.004 s)",
        ),
        "node-26": KeepAlive(66.0, "Node.js from 26: 65 s and a second, nodejs/node#62782"),
        "nginx": KeepAlive(75.0, "keepalive_timeout, nginx.org ngx_http_core_module"),
        "apache": KeepAlive(5.0, "KeepAliveTimeout, httpd.apache.org/docs/2.4/mod/core.html"),
        "aiohttp": KeepAlive(75.0, "web.run_app of aiohttp 3.14, aiohttp/web.py"),
        "aiohttp-runner": KeepAlive(3630.0, "AppRunner of aiohttp 3.14, aiohttp/web_protocol.py"),
        "uvicorn": KeepAlive(5.0, "timeout_keep_alive of uvicorn 0.54, uvicorn/config.py"),
        "gunicorn": KeepAlive(2.0, "keepalive of gunicorn 27, gunicorn/config.py"),
        "hypercorn": KeepAlive(5.0, "keep_alive_timeout of hypercorn 0.18, hypercorn/config.py"),
        "tornado": KeepAlive(3600.0, "idle_connection_timeout of tornado 6.6, http1connection.py"),
        "puma": KeepAlive(65.0, "persistent_timeout of Puma 8, lib/puma/configuration.rb"),
        "tomcat": KeepAlive(20.0, "connectionTimeout of Tomcat 10.1's shipped server.xml"),
        "cowboy": KeepAlive(60.0, "idle_timeout of Cowboy 2, ninenines/cowboy@5c8535f manual"),
        "kestrel": KeepAlive(130.0, "KeepAliveTimeout, dotnet/aspnetcore KestrelServerLimits.cs"),
        "go": KeepAlive(inf, "no IdleTimeout, pkg.go.dev/net/http#Server"),
    }
)
"""Every server by name."""

if TYPE_CHECKING:
    HttpServerName = str
else:
    HttpServerName = Literal[tuple(HTTP_SERVERS)]
"""What a scenario may name."""
