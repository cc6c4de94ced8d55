"""What a stream of server-sent events can be told: the software at both ends, as presets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from models.channels.kind import Parts
from models.costs import AIOHTTP, COSTS, Costs
from models.options import Group, Options, preset
from models.protocols.heartbeat import PingSpec
from models.protocols.sse.event_source import BROWSERS, Browser
from models.protocols.sse.event_stream import SERVERS, Server
from models.tables import Mistake

_Browser = Annotated[Browser, BeforeValidator(preset(BROWSERS, "chromium-mobile"))]
_Server = Annotated[Server, BeforeValidator(preset(SERVERS, "sse-starlette"))]
_AtAiohttp = Annotated[Costs, BeforeValidator(preset(COSTS, "aiohttp"))]


class SseOptions(Group):
    """Who reads the stream, who writes it, and what the application adds."""

    browser: _Browser = Field(
        BROWSERS["chromium-mobile"], description="reconnection time, TCP probes, wrong answers"
    )
    server: _Server = Field(
        SERVERS["sse-starlette"], description="comments, reconnection time, window, age of streams"
    )
    watch_s: float = Field(
        0.0,
        ge=0.0,
        le=3600.0,
        description="silence after which the application opens the stream anew; 0: never, as in a"
        " browser",
    )
    # Writing a chunk costs what writing a frame does: 13.2 us of CPU against 12.6 us, aiohttp
    # 3.14.5 on CPython 3.11, 150 events a second of 190 bytes to 50 streams over loopback. So, it
    # is assumed, does opening.
    costs: _AtAiohttp = Field(
        AIOHTTP,
        description="CPU seconds and bytes that the server spends: a measured program, or numbers",
    )


def sse_of(options: Options) -> SseOptions:
    """The group of a design's options."""
    group = options.more["sse"]
    assert isinstance(group, SseOptions)
    return group


def without_window(groups: Mapping[str, Any]) -> Iterator[Mistake]:
    """A server that keeps no window cannot replay anything."""
    if groups["recovery"].kind == "cursor" and not groups["sse"].server.window_messages:
        said = "none, since the server replays only with sse.server.window_messages"
        yield ("recovery", "kind"), "cursor", said


def described(options: Options) -> dict[str, str]:
    """How clients come back, and what the stream does in silence."""
    sse = sse_of(options)
    server, browser = sse.server, sse.browser
    window = f"{server.window_messages:g} messages, {server.window_s:g} s"
    wait_s = max(server.retry_s, browser.floor_s) if server.retry_s else browser.reconnect_s
    return {
        "browser": _name(BROWSERS, browser),
        "server": f"{_name(SERVERS, server)} ({server.source})",
        "comments": "never" if server.keepalive_s == inf else f"every {server.keepalive_s:g} s",
        "replay": f"behind Last-Event-ID: {window}"
        if options.recovery.kind == "cursor"
        else "none",
        "watchdog": f"{sse.watch_s:g} s" if sse.watch_s else "none",
        "back-off": f"{wait_s:g} s each time ({browser.source})",
    }


def _name(presets: Mapping[str, Any], one: Any) -> str:
    """The preset that it is, or that its numbers are laid on."""
    return next((name for name, whole in presets.items() if whole.source == one.source), "own")


def taken(ping: PingSpec) -> Parts:
    """Comments and a watch instead of pings; a window that is as long as others' logs."""
    watch_s = ping.interval_s + ping.timeout_s
    return {
        "heartbeat": {"sse": {"watch_s": watch_s, "server": {"keepalive_s": ping.interval_s}}},
        "recovery": {"sse": {"server": {"window_messages": inf, "window_s": inf}}},
    }


def lacking(groups: Mapping[str, Any]) -> Mapping[str, str]:
    """What a stream cannot have as others do."""
    server, browser = groups["sse"].server, groups["sse"].browser
    wait_s = max(server.retry_s, browser.floor_s) if server.retry_s else browser.reconnect_s
    return {
        "heartbeat": "no pings: the client watches for comments as long; the server's end never",
        "back-off": f"a browser waits {wait_s:g} s each time",
        "dial": "how long a browser dials cannot be chosen",
    }
