"""What a design says of its options, as it is written: tables by group, merged, and made typed.

A group may be written as one word (`heartbeat = "paho"`, `recovery = "cursor"`), and keys that once
stood by themselves (`qos = 2`) are still read. Leaves out what fits together (`models.fit`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from models import presets
from models.options import GROUPS, Group, Options
from models.tables import Mistake, Mistakes, overlaid, unknown

Table = dict[str, Any]
Path = tuple[str, ...]
Problem = tuple[str, str]
"""A dotted key, and what is wrong with it: `mqtt.qos = 3; allowed: 0, 1, 2`."""

FLAT: Final[Mapping[str, Path]] = {
    "acks": ("websocket", "acks"),
    "dedup": ("websocket", "dedup"),
    "stored": ("store", "stored"),
    "idempotent": ("store", "idempotent"),
    "pool": ("http", "pool"),
    "retry": ("http", "retry"),
    "request_timeout_s": ("http", "request_timeout_s"),
    "retry_wait_s": ("http", "retry_wait_s"),
    "hold_s": ("long_poll", "hold_s"),
    "log": ("recovery", "log"),
    "socketio_transport": ("socketio", "transport"),
    "socketio_retries": ("socketio", "retries"),
    "socketio_ack_timeout_s": ("socketio", "ack_timeout_s"),
    "qos": ("mqtt", "qos"),
    "clean_session": ("mqtt", "clean_session"),
    "mqtt_client": ("mqtt", "client"),
    "mqtt_broker": ("mqtt", "broker"),
    "over_websocket": ("mqtt", "over_websocket"),
    "connect_timeout_s": ("connection", "connect_timeout_s"),
    "close_timeout_s": ("connection", "close_timeout_s"),
    "client_nodelay": ("connection", "client_nodelay"),
    "server_nodelay": ("connection", "server_nodelay"),
    "tries": ("backoff", "tries"),
}
"""Keys that may stand by themselves, and where they belong."""


def _a_broker(name: str, backplane: str, send_buffer: str) -> Table:
    """A broker as it is: sessions, what it spends, how its nodes share, what it bears to wait."""
    return {
        "mqtt": {"broker": name, "costs": name},
        "backplane": {"kind": backplane},
        "connection": {"send_buffer": send_buffer},
    }


def _a_library(name: str, backoff: str, heartbeat: str, connect_timeout_s: float) -> Table:
    """A client library as it is: sessions, keep-alive, and how it comes back."""
    return {
        "mqtt": {"client": name},
        "heartbeat": {"preset": heartbeat},
        "backoff": {"preset": backoff},
        "connection": {"connect_timeout_s": connect_timeout_s},
    }


WHOLES: Final[Mapping[str, tuple[str, Mapping[str, Table]]]] = {
    "broker": (
        "broker",
        {
            "mosquitto": _a_broker("mosquitto", "one-node", "mosquitto"),
            "emqx": _a_broker("emqx", "routed", "emqx"),
            "vernemq": _a_broker("vernemq", "routed", "vernemq"),
            "rabbitmq": _a_broker("rabbitmq", "routed", "rabbitmq-mqtt"),
        },
    ),
    "library": (
        "client",
        {
            "paho": _a_library("paho", "paho", "paho-loop", 5.0),  # Client.connect_timeout
            "mqtt.js": _a_library("mqtt.js", "fixed-1s", "mqtt.js", 30.0),  # connectTimeout
            # a blocking connect(2): Linux tcp(7), tcp_syn_retries 6
            "libmosquitto": _a_library("libmosquitto", "libmosquitto", "libmosquitto", 127.0),
        },
    ),
}
"""Keys that stand for several options at once: of which one they are the name, and all of them.

A table may change numbers of that one: `broker = { preset = "emqx", netsplit = "keep" }`. What is
written of the same options beside it goes first.
"""

_WORD: Final = {"recovery": "kind", "backplane": "kind"}
WHOLE: Final = ("heartbeat", "backoff", "client")
"""Groups that are a preset and what is laid over it; the two cannot be parted."""
_NAMES: Final = ("preset", "kind")  # of a whole: what is written besides changes it


def written(given: Mapping[str, Any]) -> tuple[Table, dict[Path, str]]:
    """Tables by group, and what each key that stood elsewhere was called."""
    tables, names = _wholes(given)
    for key, value in given.items():
        if key in WHOLES:
            continue
        if key in FLAT:
            group, inner = FLAT[key]
            names[FLAT[key]] = key
            tables[group] = {**tables.get(group, {}), inner: value}
        else:
            word = _WORD.get(key, "preset")
            table = dict(value) if isinstance(value, Mapping) else {word: value}
            if not isinstance(value, Mapping):
                names[key, word] = key
            elif word == "kind" and "preset" in table:
                table["kind"] = table.pop("preset")
            tables[key] = {**tables.get(key, {}), **table}
    return tables, names


def _wholes(given: Mapping[str, Any]) -> tuple[Table, dict[Path, str]]:
    """The tables that keys of several options stand for; a name that does not exist is told."""
    tables: Table = {}
    names: dict[Path, str] = {}
    for key in (one for one in WHOLES if one in given):
        inner, presets_of = WHOLES[key]
        value = given[key]
        name = value.get("preset") if isinstance(value, Mapping) else value
        whole = presets_of.get(name, {}) if isinstance(name, str) else {}
        for group, table in {"mqtt": {}, **whole}.items():
            own = {inner: value} if group == "mqtt" else {}
            tables[group] = {**tables.get(group, {}), **table, **own}
            names.update({(group, one): key for one in {**table, **own}})
    return tables, names


def merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> Table:
    """Settings with changes made to them: a named whole replaces, numbers alone are laid over."""
    after = dict(before)
    for group, change in changes.items():
        present = before.get(group, {})
        if group == "backoff" and not any(name in change for name in _NAMES):
            change = presets.with_kind(present, change)  # noqa: PLW2901
        after[group] = _laid_over(present, change)
    return after


def _laid_over(present: Mapping[str, Any], change: Mapping[str, Any]) -> Table:
    if any(name in change for name in _NAMES):
        return dict(change)
    table = dict(present)
    for key, value in change.items():
        under = present.get(key)
        if isinstance(under, str) and isinstance(value, Mapping) and "preset" not in value:
            table[key] = {"preset": under, **value}
        elif isinstance(under, Mapping) and isinstance(value, Mapping) and "preset" not in value:
            table[key] = overlaid(under, value)
        else:
            table[key] = value
    return table


def typed(
    tables: Mapping[str, Any], own: Mapping[str, type[Group]]
) -> tuple[dict[str, Group], list[Mistake]]:
    """Every group as options, and every mistake: where, what stands there, what is allowed.

    `own`: the groups of channels, by name. A group with a mistake stands at its defaults.
    """
    groups: dict[str, Group] = {}
    mistakes: list[Mistake] = []
    for name, kind in {**GROUPS, **own}.items():
        table = tables.get(name, {})
        try:
            groups[name] = _group(name, kind, table)
        except Mistakes as error:
            mistakes += [((name, *at), value, said) for at, value, said in error.found]
            groups[name] = kind()
        except ValidationError as error:
            mistakes += [((name, *at), value, said) for at, value, said in _told(error, kind)]
            groups[name] = kind()
    return groups, mistakes


def _group(name: str, kind: type[Group], table: Table) -> Group:
    if "preset" in table and name not in WHOLE:
        words = f"a table of {', '.join(kind.model_fields)}"
        raise Mistakes([(("preset",), table["preset"], words)])
    if name == "heartbeat" and table:
        return kind.model_validate({"ends": presets.heartbeat(table)})
    if name == "client" and table:
        return kind.model_validate({"software": presets.client(table)})
    return kind.model_validate(presets.backoff(table) if name == "backoff" and table else table)


def _told(error: ValidationError, kind: type[Group]) -> Iterator[Mistake]:
    for one in error.errors(include_url=False):
        at = tuple(str(part) for part in one["loc"])
        inner = one.get("ctx", {}).get("error")
        if isinstance(inner, Mistakes):
            yield from (((*at, *deeper), value, said) for deeper, value, said in inner.found)
        else:
            yield at, one["input"], _allowed(dict(one), kind)


_TYPES: Final = {
    "bool_type": "true, false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "a text",
    "tuple_type": "a list",
    "model_type": "a table",
    "dataclass_type": "a table or a preset",
}


def _allowed(error: Mapping[str, Any], kind: type[Group]) -> str:
    sort, told = error["type"], error.get("ctx", {})
    if sort == "literal_error":
        return str(told["expected"]).replace("'", "").replace(" or ", ", ")
    if sort in ("extra_forbidden", "unexpected_keyword_argument"):
        return unknown(error["loc"][-1], None, kind.model_fields)[2]
    if sort == "value_error":
        return str(told["error"])
    if sort in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return _bounds(kind, str(error["loc"][-1]))
    return _TYPES.get(sort, str(error["msg"]))


def _bounds(kind: type[Group], key: str) -> str:
    """All bounds of a number, not only the one that it breaks."""
    info = kind.model_fields.get(key)
    bounds = {name: getattr(one, name) for one in (info.metadata if info else ())
              for name in ("gt", "ge", "le") if hasattr(one, name)}  # fmt: skip
    unit = " seconds" if key.endswith("_s") else ""
    if "gt" in bounds:
        return f"more than {bounds['gt']:g}, at most {bounds['le']:g}{unit}"
    if "le" in bounds:
        return f"{bounds['ge']:g} to {bounds['le']:g}{unit}"
    return f"at least {bounds.get('ge', 0):g}{unit}"


def words(table: object) -> str:
    """A setting as a report has it: `websockets, interval_s = 15`."""
    if not isinstance(table, Mapping):
        if isinstance(table, bool):
            return "yes" if table else "no"
        return f"{table:g}" if isinstance(table, float) else str(table)
    named = [words(table[name]) for name in _NAMES if name in table]
    rest = [f"{key} = {_inner(one)}" for key, one in table.items() if key not in _NAMES]
    return ", ".join([*named, *rest])


def _inner(value: object) -> str:
    return f"({words(value)})" if isinstance(value, Mapping) else words(value)


def options(groups: Mapping[str, Any], on_disk: bool) -> Options:
    """Everything together; what is not a group of every design is `more`."""
    known = {name: group for name, group in groups.items() if name in GROUPS}
    more = {name: group for name, group in groups.items() if name not in GROUPS}
    return Options(**known, more=more, on_disk=on_disk)
