"""What may stand in each field of a design's table, and which part of the design reads it.

Works on a row: the table's fields by name. A field that nothing in the design reads stands at its
default: quality of service without MQTT, or a cursor where no channel keeps a log, would promise
what no run shows. Leaves out what the fields mean (`models.design`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.http.pools import POOLS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS

Row = Mapping[str, Any]
Problem = tuple[str, str]
"""A field, and what is wrong with it: `qos = 3; allowed: 0, 1, 2`."""

CHANNELS: Final = ("websocket", "http", "mqtt", "socketio", "long-poll")
RECOVERIES: Final = ("none", "cursor", "session")
CLAIMS: Final = ("at-most-once", "at-least-once", "exactly-once", "no-loss-after-ok", "fifo")
TRANSPORTS: Final = ("polling", "websocket", "polling only")

_UP: Final = CHANNELS[:-1]  # a held GET carries nothing up
CARRIES: Final[dict[str, tuple[str, ...]]] = {
    "list": _UP,
    "send": _UP,
    "receive": ("websocket", "mqtt", "socketio", "long-poll"),
    "typing": _UP,
    "seen": _UP,
}
"""Actions, and the channels that can carry each."""

_CHOICES: Final[dict[str, tuple[object, ...]]] = {
    **CARRIES,
    "recovery": RECOVERIES,
    "dedup": ("id", "counter"),
    "pool": tuple(POOLS),
    "socketio_transport": TRANSPORTS,
    "qos": (0, 1, 2),
    "mqtt_client": tuple(MQTT_CLIENTS),
    "mqtt_broker": tuple(MQTT_BROKERS),
    "heartbeat": tuple(HEARTBEATS),
    "backoff": tuple(BACKOFFS),
}
_POSITIVE_S: Final = (
    "request_timeout_s", "retry_wait_s", "hold_s", "connect_timeout_s", "socketio_ack_timeout_s",
)  # fmt: skip
_MOST_S: Final = 3600.0
_MOST_RETRIES: Final = 1000

# What may stand in a field, by the kind of its default; a switch is no number.
_KINDS: Final[dict[type, tuple[tuple[type, ...], str]]] = {
    bool: ((bool,), "true, false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    tuple: ((tuple,), "a list of texts"),
}

# What a returning receiver can be given, by the channel on which people receive.
_KEEPS: Final[dict[str, tuple[str, ...]]] = {
    "websocket": ("none", "cursor"),
    "long-poll": ("none", "cursor"),
    "mqtt": ("none", "session"),
    "socketio": ("none", "session"),
}


def _has(*channels: str) -> Callable[[Row], bool]:
    """Any action travels on one of these."""
    return lambda row: any(row[action] in channels for action in CARRIES)


def _sends(channel: str) -> Callable[[Row], bool]:
    return lambda row: bool(row["send"] == channel)


def _pools(row: Row) -> bool:
    """Whether a client keeps HTTP connections."""
    polls = row["socketio_transport"] == "polling only" and _has("socketio")(row)
    return polls or _has("http", "long-poll")(row)


_PERSISTENT: Final = ("a WebSocket, MQTT or Socket.IO", _has("websocket", "mqtt", "socketio"))
_MQTT: Final = ("MQTT", _has("mqtt"))
_HTTP: Final = ("HTTP", _has("http"))

READ_BY: Final[dict[str, tuple[str, Callable[[Row], bool]]]] = {
    "acks": ("a WebSocket that carries sends", _sends("websocket")),
    "dedup": ("a WebSocket that carries sends", _sends("websocket")),
    "idempotent": ("a store (stored = true)", lambda row: bool(row["stored"])),
    "pool": ("HTTP, a long poll or Socket.IO by polling only", _pools),
    "retry": _HTTP,
    "retry_wait_s": ("HTTP with retry = true", lambda row: _HTTP[1](row) and row["retry"]),
    "request_timeout_s": _HTTP,
    "hold_s": ("a long poll", _has("long-poll")),
    "socketio_transport": ("Socket.IO", _has("socketio")),
    "socketio_retries": ("Socket.IO that carries actions up", lambda row: _upward(row, "socketio")),
    "socketio_ack_timeout_s": (
        "Socket.IO with socketio_retries",
        lambda row: _upward(row, "socketio") and row["socketio_retries"] > 0,
    ),
    "qos": _MQTT,
    "clean_session": _MQTT,
    "mqtt_client": _MQTT,
    "mqtt_broker": _MQTT,
    "over_websocket": _MQTT,
    "heartbeat": _PERSISTENT,
    "backoff": ("a channel that reconnects", _has("websocket", "mqtt", "socketio", "long-poll")),
    "connect_timeout_s": _PERSISTENT,
    "close_timeout_s": _PERSISTENT,
}
"""Who reads a field; what is not here is read in every design."""

_NOTHING: Final = {"heartbeat": "none"}
"""Values that say of a field that the design has nothing of the kind."""


def _upward(row: Row, channel: str) -> bool:
    return any(row[action] == channel for action in CARRIES if action != "receive")


def problems(row: Row, defaults: Row) -> list[Problem]:
    """Everything that is wrong with a row; `defaults` has those of the fields that have one."""
    return _ill_formed(row, defaults) or [*_wrong_recovery(row), *_unread(row, defaults)]


def settled(row: Row, defaults: Row, given: Row) -> dict[str, Any]:
    """The row with what nothing reads any more at its default, unless it was `given`."""
    if _ill_formed(row, defaults):
        return dict(row)
    left = [field for field, _ in (*_wrong_recovery(row), *_unread(row, defaults))]
    return {**row, **{field: defaults[field] for field in left if field not in given}}


def _ill_formed(row: Row, defaults: Row) -> list[Problem]:
    found = [*_wrong_kinds(row, defaults)]
    bad = [field for field, _ in found]
    return found + [problem for problem in _wrong_values(row) if problem[0] not in bad]


def _wrong(row: Row, field: str, allowed: str) -> Problem:
    return field, f"{field} = {row[field]!r}; allowed: {allowed}"


def _wrong_kinds(row: Row, defaults: Row) -> Iterator[Problem]:
    for field, value in row.items():
        kinds, allowed = _KINDS.get(type(defaults.get(field)), ((str,), "a text"))
        texts = not isinstance(value, tuple) or all(isinstance(one, str) for one in value)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            yield _wrong(row, field, _listed(field) or allowed)
        elif not texts:
            yield _wrong(row, field, allowed)


def _listed(field: str) -> str:
    return ", ".join(str(choice) for choice in _CHOICES.get(field, ()))


def _wrong_values(row: Row) -> Iterator[Problem]:
    for field, allowed in _CHOICES.items():
        parts = [row[field]]
        if field == "heartbeat" and isinstance(row[field], str):
            parts = row[field].split("+", 1)
        if any(part not in allowed for part in parts):
            yield _wrong(row, field, _listed(field))
    for field in _POSITIVE_S:
        if _is_number(row[field]) and not 0.0 < row[field] <= _MOST_S:
            yield _wrong(row, field, "more than 0, at most 3600 seconds")
    if _is_number(row["close_timeout_s"]) and not 0.0 <= row["close_timeout_s"] <= _MOST_S:
        yield _wrong(row, "close_timeout_s", "0 to 3600 seconds")
    if _is_number(row["socketio_retries"]) and not 0 <= row["socketio_retries"] <= _MOST_RETRIES:
        yield _wrong(row, "socketio_retries", f"0 to {_MOST_RETRIES}")
    if unknown := [claim for claim in row["claims"] or () if claim not in CLAIMS]:
        yield "claims", f"claims = {unknown[0]!r}; allowed: {', '.join(CLAIMS)}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _wrong_recovery(row: Row) -> Iterator[Problem]:
    keeps = _KEEPS[row["receive"]]
    if row["recovery"] not in keeps:
        yield _wrong(
            row, "recovery", f"{', '.join(keeps)}, where people receive by {row['receive']}"
        )
    elif row["receive"] == "mqtt" and row["recovery"] == "session" and row["clean_session"]:
        yield _wrong(row, "recovery", "none, since a clean_session keeps nothing")


def _unread(row: Row, defaults: Row) -> Iterator[Problem]:
    for field, (reader, reads) in READ_BY.items():
        if row[field] not in (defaults[field], _NOTHING.get(field)) and not reads(row):
            yield _wrong(row, field, f"{defaults[field]!r}, since only {reader} reads it")
