"""What fits together in a design: which channel carries what, and who reads which option.

An option that nothing in the design reads stands at its default: quality of service without MQTT,
or a cursor where no channel keeps a log, would promise what no run shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from models.channels import channels
from models.channels.kind import Kind
from models.options import GROUPS, ON_A_PAGE, Group, Routes
from models.servers.backplane import backplanes
from models.tables import Mistake

ACTIONS: Final = ("list", "send", "receive", "typing", "seen")
CLAIMS: Final = ("at-most-once", "at-least-once", "exactly-once", "no-loss-after-ok", "fifo")

Groups = Mapping[str, Any]


def carriers(action: str) -> list[str]:
    """Channels that can carry an action."""
    up = action != "receive"
    return [name for name, kind in channels().items() if (kind.sends if up else kind.keeps)]


def own_groups() -> dict[str, type[Group]]:
    """Option groups that channels bring along."""
    return {name: group for kind in channels().values() for name, group in kind.groups.items()}


def kinds_of(routes: Routes) -> list[Kind]:
    """The channels of a design."""
    names = dict.fromkeys(asdict(routes).values())
    return [channels()[name] for name in names]


Need = Callable[[Routes, Groups], bool]


def _sends_by_websocket(routes: Routes, groups: Groups) -> bool:
    return routes.send == "websocket"


def _pools(routes: Routes, groups: Groups) -> bool:
    """Socket.IO keeps a pool only where it never leaves polling."""
    reading = [kind.name for kind in kinds_of(routes) if {"http", "http.pool"} & set(kind.reads)]
    return groups["socketio"].transport == "polling only" or any(
        name != "socketio" for name in reading
    )


def _socketio_up(routes: Routes, groups: Groups) -> bool:
    return "socketio" in (routes.list, routes.send, routes.typing, routes.seen)


def _of_backplane(key: str) -> Need:
    """Whether the backplane is of a kind that reads a key."""

    def needed(routes: Routes, groups: Groups) -> bool:
        kind = backplanes().get(groups["backplane"].kind)
        return kind is not None and key in kind.READS

    return needed


def _that_read(key: str) -> str:
    """Backplanes that read a key, in words."""
    names = [name for name, one in backplanes().items() if key in one.READS]
    return f"the backplane {' or '.join(names)}"


def _speaks_http(routes: Routes, groups: Groups) -> bool:
    """Socket.IO's polling speaks HTTP/1.1 here."""
    return any({"http", "http.version"} & set(kind.reads) for kind in kinds_of(routes))


def _speaks_http2(routes: Routes, groups: Groups) -> bool:
    return groups["http"].version == "2" and _speaks_http(routes, groups)


_READ: Final = tuple(dict.fromkeys(key for one in backplanes().values() for key in one.READS))
_HTTP2: Final = ("http.version = '2'", _speaks_http2)
_SENDS: Final = ("a WebSocket that carries sends", _sends_by_websocket)


def _cursor(path: str) -> Need:
    """Who receives has a log with a cursor, and a channel that reads this of it."""
    return lambda routes, groups: (
        groups["recovery"].kind == "cursor" and path in channels()[routes.receive].reads
    )


def _fetches(path: str) -> Need:
    """The same, and who is too late for the window asks the store."""
    reads = _cursor(path)
    return lambda routes, groups: reads(routes, groups) and groups["recovery"].behind != "nothing"


_LOGS: Final = "a WebSocket or a long poll with recovery = 'cursor'"
_PAGES: Final = "a WebSocket with recovery = 'cursor' and behind = 'delta', 'snapshot' or 'refetch'"

NEEDS: Final[Mapping[str, tuple[str, Need]]] = {
    "websocket.acks": _SENDS,
    "websocket.dedup": _SENDS,
    "store.idempotent": ("a store (stored = true)", lambda routes, groups: groups["store"].stored),
    "http.pool": ("HTTP, a long poll or Socket.IO by polling only", _pools),
    "http.version": ("HTTP, a long poll or an event stream", _speaks_http),
    "http.http2_client": _HTTP2,
    "http.http2_server": _HTTP2,
    "http.retry_wait_s": ("HTTP with retry = true", lambda routes, groups: groups["http"].retry),
    "http.retry_after": ("HTTP with retry = true", lambda routes, groups: groups["http"].retry),
    "socketio.retries": ("Socket.IO that carries actions up", _socketio_up),
    "socketio.ack_timeout_s": (
        "Socket.IO with retries",
        lambda routes, groups: _socketio_up(routes, groups) and groups["socketio"].retries > 0,
    ),
    "socketio.keep_alive_s": (
        "Socket.IO by polling only",
        lambda routes, groups: groups["socketio"].transport == "polling only",
    ),
    "backoff.tries": (
        "a connection that stays open",
        lambda routes, groups: any("connection" in kind.reads for kind in kinds_of(routes)),
    ),
    "store.keys": (
        "a store with idempotent = true",
        lambda routes, groups: groups["store"].stored and groups["store"].idempotent,
    ),
    "store.history": (_PAGES, _fetches("recovery.behind")),
    "recovery.log": (_LOGS, _cursor("recovery.log")),
    "recovery.window": (_LOGS, _cursor("recovery.window")),
    "recovery.behind": (
        "a WebSocket with recovery = 'cursor' and a store (stored = true)",
        lambda routes, groups: (
            groups["store"].stored and _cursor("recovery.behind")(routes, groups)
        ),
    ),
    "recovery.page": (_PAGES, _fetches("recovery.page")),
    "recovery.delta_max": (_PAGES, _fetches("recovery.delta_max")),
    "recovery.keep_s": (
        "Socket.IO with recovery = 'session'",
        lambda routes, groups: (
            routes.receive == "socketio" and groups["recovery"].kind == "session"
        ),
    ),
    "rooms.managed": ("MQTT", lambda routes, groups: routes.receive == "mqtt"),
    "rooms.check_s": (
        "rooms.checks = 'message'",
        lambda routes, groups: groups["rooms"].checks == "message",
    ),
    **{f"backplane.{key}": (_that_read(key), _of_backplane(key)) for key in _READ},
}
"""Options that not every channel of their group reads: who does, and whether it is there."""

_BY_ALL: Final = ("store", "recovery", "rooms", "backplane")


def most_gateways(kind: str | None) -> float:
    """Gateways that a backplane can join; None: that of the receive channel."""
    return math.inf if kind is None else backplanes()[kind].GATEWAYS_MAX


def _readers(path: str) -> list[Kind]:
    group = path.partition(".")[0]
    return [kind for kind in channels().values() if {group, path} & set(kind.reads)]


def reader(path: str) -> str:
    """Who reads an option, in words."""
    if path in NEEDS:
        return NEEDS[path][0]
    titles = [kind.title or kind.name for kind in _readers(path)]
    return " or ".join([", ".join(titles[:-1]), titles[-1]] if titles[1:] else titles)


def is_read(path: str, routes: Routes, groups: Groups) -> bool:
    """Whether anything in a design reads an option (`group.key`)."""
    group = path.partition(".")[0]
    if group not in _BY_ALL and not any(kind in _readers(path) for kind in kinds_of(routes)):
        return False
    return path not in NEEDS or NEEDS[path][1](routes, groups)


def unroutable(routes: Routes) -> Iterator[Mistake]:
    """Actions that no channel of that name can carry."""
    for action, channel in asdict(routes).items():
        if channel not in (allowed := carriers(action)):
            yield (action,), channel, ", ".join(allowed)


def misfits(routes: Routes, groups: Groups, settings: Mapping[str, Any]) -> Iterator[Mistake]:
    """What does not fit in a design whose options are well formed."""
    yield from _wrong_recovery(routes, groups)
    yield from _unsendable(routes, groups, settings)
    kind = groups["backplane"].kind
    if kind not in (None, *backplanes()):
        yield ("backplane", "kind"), kind, ", ".join(backplanes())
    usual = {**GROUPS, **own_groups()}
    for group, table in settings.items():
        if group in usual:
            yield from _unread(group, table, usual[group](), routes, groups)


def _unsendable(routes: Routes, groups: Groups, settings: Mapping[str, Any]) -> Iterator[Mistake]:
    """Pings of a WebSocket's client that what it runs in cannot send."""
    name = settings.get("heartbeat", {}).get("preset", "websockets")
    client = groups["heartbeat"].ends.client
    pings = client is not None and client.ping is not None
    by_frames = not ON_A_PAGE[name.partition("+")[0]] and "websocket" in asdict(routes).values()
    if pings and by_frames and not groups["client"].software.sends_pings:
        others = ", ".join(one for one, may_be in ON_A_PAGE.items() if may_be)
        runs_in = settings["client"].get("preset", "this client")
        yield (
            ("heartbeat", "preset"), name,
            f"{others}, since no page in {runs_in} can send WebSocket pings",
        )  # fmt: skip


def conflicts(routes: Routes, groups: Groups) -> Iterator[Mistake]:
    """What is read and contradicts itself, so that nothing of it may be left out in silence.

    Over publish and subscribe Socket.IO has no offsets from which to recover a state.
    """
    for channel in kinds_of(routes):
        yield from channel.contradicts(groups)
    rooms = groups["rooms"]
    if rooms.checks == "none" and (routes.receive != "mqtt" or rooms.managed == "server"):
        words = "join, message: servers that put people into rooms know who may be there"
        yield ("rooms", "checks"), "none", words
    kind, recovers = groups["backplane"].kind, groups["recovery"].kind == "session"
    one = backplanes().get(kind)
    if recovers and routes.receive == "socketio" and one is not None and not one.KEEPS_OFFSETS:
        others = [name for name, other in backplanes().items() if other.KEEPS_OFFSETS]
        words = f"none over {kind}, which keeps no offsets, as {', '.join(others)} do"
        yield ("recovery", "kind"), "session", words


def _unread(
    group: str, table: Mapping[str, Any], usual: Group, routes: Routes, groups: Groups
) -> Iterator[Mistake]:
    if table.get("preset") == "none" and set(table) == {"preset"}:
        return  # says that there is nothing of the kind
    if groups[group] == usual:
        return
    for key, value in table.items():
        typed = key if key in type(usual).model_fields else None
        same = typed is not None and getattr(groups[group], key) == getattr(usual, key)
        if not same and not is_read(f"{group}.{key}", routes, groups):
            default = _shown(getattr(usual, key)) if typed else "left out"
            only = reader(f"{group}.{key}")
            yield (group, key), value, f"{default}, since only {only} reads it"


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str | int | float) else "left out"


def _wrong_recovery(routes: Routes, groups: Groups) -> Iterator[Mistake]:
    receiver, kind = channels()[routes.receive], groups["recovery"].kind
    if kind not in receiver.keeps:
        words = f"{', '.join(receiver.keeps)}, where people receive by {routes.receive}"
        yield ("recovery", "kind"), kind, words
    else:
        yield from receiver.refuses(groups)
