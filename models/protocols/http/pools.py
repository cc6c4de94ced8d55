"""How HTTP clients keep connections to one host: shipped choices, with their sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least, one_of


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How a client keeps connections to one host.

    `limit`: connections at a time. `idle_s`: an idle one is closed after this long. `reuse`:
    "longest idle" or "most recent". `binds`: a dial serves "its own" request only (aiohttp), or
    "any" that waits (browsers). `timeout_tick_s`: ticks that its time-outs end on. `resends`: what
    goes out again by itself when its connection breaks before a response: "never" anything; of
    "reads" the first try; whatever went out on a "reused" connection. `send_cost_s`: seconds to
    make a request; `hear_cost_s`: seconds from a response's bytes to whoever waits for it.
    """

    limit: int = 6  # Chromium client_socket_pool_manager.cc, Firefox max-persistent-connections
    idle_s: float = 300.0  # Chromium client_socket_pool.cc, used idle sockets
    reuse: str = "most recent"
    binds: str = "any"
    timeout_tick_s: float = 0.0
    resends: str = "never"
    send_cost_s: float = 0.0
    hear_cost_s: float = 0.0
    source: str = "own setting"

    def __post_init__(self) -> None:
        at_least("timeout_tick_s", self.timeout_tick_s, 0.0)
        at_least("send_cost_s", self.send_cost_s, 0.0)
        at_least("hear_cost_s", self.hear_cost_s, 0.0)
        at_least("limit", self.limit, 1)
        above("idle_s", self.idle_s, 0.0)
        one_of("reuse", self.reuse, ("longest idle", "most recent"))
        one_of("binds", self.binds, ("its own", "any"))
        one_of("resends", self.resends, ("never", "reads", "reused"))


_AIOHTTP: Final = PoolOptions(
    limit=100,
    idle_s=15.0,
    reuse="longest idle",
    binds="its own",
    timeout_tick_s=1.0,
    resends="reads",
    send_cost_s=260e-6,  # thread CPU time from the call to the first write, 40 POSTs a second
    source="PyPI aiohttp 3.14.5: connector.py, helpers.py TimeoutHandle, client.py _request",
)

POOLS: Final[Mapping[str, PoolOptions]] = MappingProxyType(
    {
        "browser": PoolOptions(
            resends="reused",  # http_network_transaction.cc ShouldResendRequest(), POST or not
            source="Chromium client_socket_pool_manager.cc: 6 per host",
        ),
        "node": PoolOptions(
            limit=10**6,
            idle_s=math.inf,  # the server closes first
            send_cost_s=351e-6,  # emit to write, and read to callback: medians over loopback of
            hear_cost_s=1475e-6,  # npm engine.io-client 6.6.8 on Node 20.20, 40 messages a second
            source="Node 20.20 http.Agent with keepAlive, lifo, as engine.io-client uses it",
        ),
        "aiohttp": _AIOHTTP,
        "aiohttp-6": replace(_AIOHTTP, limit=6, source=f"{_AIOHTTP.source}; limit_per_host=6"),
    }
)
"""Pools of shipped clients."""
