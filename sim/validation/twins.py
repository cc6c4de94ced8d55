"""Each measured cell as a scenario: same path, loss, people, phases, timers and faults.

The twins of the recorded cells are files in `cells/`, to be read and copied; the functions here
make the same from a cell's parameters, so that other losses, bursts, outage lengths, transports and
qualities of service get a twin as well. A cell's name says what ran:

    ws wsresync hybrid longpoll sio-ws sio-poll sio sio-retries mqttQ[-clean|-persist]
    h1-longpoll mqttjs-ws-qos0

with `-nd` for TCP_NODELAY at both ends of MQTT and `-p0.1` for a message every 0.1 s, not 1 s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sim.errors import InputError
from sim.scenario.write import table_to_toml
from sim.validation.measured import Row, value
from sim.validation.quantities import Outage

Table: TypeAlias = dict[str, Any]

WARMUP_S: Final = 62.0  # longer than any ping interval, so that phases can be drawn
FIRST_OUTAGE_S: Final = 15.0  # after the first message
LATENCY_RUN_S: Final = 120.0
_LOSS_BEFORE_S: Final = 1.0  # loss begins so long before the first message

_WEBSOCKETS: Final[Table] = {
    "heartbeat": "websockets+aiohttp",
    "backoff": "fixed-1s",
    "connect_timeout_s": 10.0,
    "close_timeout_s": 1.0,
}
_AIOHTTP: Final[Table] = {"pool": "aiohttp-6", "stored": False}
_MEMORY: Final[Table] = {"log": "memory"}  # what was said is a list in the server's process
_POLLING: Final[Table] = {"base": "socketio-polling", "pool": "node"}
_SOCKETIO: Final[Table] = {"base": "socketio", "socketio_transport": "polling"}
_MQTT_JS: Final[Table] = {
    "base": "mqtt-qos0",
    "mqtt_client": "mqtt.js",
    "mqtt_broker": "mosquitto",
    "over_websocket": False,
    "heartbeat": "mqtt.js",
    "backoff": "fixed-1s",
    "connect_timeout_s": 30.0,
}
_SOFTWARE: Final[Mapping[str, Table]] = {
    "ws": {"base": "full-websocket", **_WEBSOCKETS},
    "wsresync": {"base": "full-websocket", "recovery": "cursor", **_MEMORY, **_WEBSOCKETS},
    "hybrid": {"base": "hybrid", **_AIOHTTP, **_WEBSOCKETS},
    "longpoll": {"base": "long-poll", **_MEMORY, **_AIOHTTP, "backoff": "fixed-1s"},
    "h1-longpoll": {"base": "long-poll", **_MEMORY, "pool": "node", "stored": False},
    "mqttjs-ws-qos0": {**_MQTT_JS, "over_websocket": True},
    "sio-ws": {"base": "socketio", "socketio_transport": "websocket"},
    "sio": _SOCKETIO,
    "sio-poll": _POLLING,
    "sio-polling": _POLLING,
    "sio-retries": {**_SOCKETIO, "socketio_retries": 3},
}
_MQTT_NAME: Final = re.compile(r"mqtt([012])(-clean|-persist)?(-nd)?$")

START_UP_S: Final[Mapping[str, tuple[float, float]]] = {
    "mqtt": (0.0, 0.05),  # mosquitto 2.0.11 listens within 50 ms of its start
    "sio": (0.6, 0.6),  # node and socket.io 4.8.4: 0.6 to 1.2 s
    "": (1.2, 1.0),  # aiohttp: inferred, not recorded (see below)
}
"""Server software -> how long a killed server takes to listen: at least, and by how much more.

aiohttp's was inferred from the kill cells themselves: what the tries of clients every 1.05 s leave
open is 1.1 to 2.2 s, so when its clients are back is no test of the model.
"""

_SETTING: Final[Table] = {
    "designs": ["twin"],
    "seed": 1,
    "arrivals": {"kind": "periodic", "from_s": WARMUP_S},
    "conversations": {"sizes": {"kind": "one-way-pairs"}},
    "tls": {"version": "none"},
    "transport": {"lane": "exact"},
    "backplane": {"delay_s": 0},
    "store": {"write_s": 0, "read_s": 0},
}
_PEOPLE: Final[Table] = {  # the first half write on tx, the second half read on rx
    "networks": "in order",
    "clients": "one process per network",
    "arrive_within_s": 0.3,
    "owed": "members",
}
_SERVERS: Final[Table] = {"gateways": 1, "api_nodes": 0, "cores": 1}  # one process does everything
_BODY_BYTES: Final = 167  # JSON of 187 bytes with its envelope
_NETWORK: Final[Table] = {  # ping there and back: 50.04 ms at least, 50.22 ms on average
    "share": 0.5,
    "profile": "lan",
    "delay": {"kind": "gamma", "mean_s": 0.02511, "sd_s": 0.00009, "floor_s": 0.02502},
    "rate": {"kind": "none"},
}
_SIDES: Final = ("tx", "rx")


@dataclass(frozen=True, slots=True)
class Twin:
    """A cell's name, its scenario as a file has it, and the faults that quantities count by."""

    name: str
    text: str
    outages: tuple[Outage, ...] = ()


def _twin(name: str, asks: _Asks, networks: Sequence[Table], software: Table) -> Table:
    """The scenario of a cell: what all have in common, and its own."""
    send = {"per_person_per_minute": asks.per_minute}
    return {
        "name": name,
        "question": asks.question,
        **_SETTING,
        "replications": asks.replications,
        "time": {"warmup_s": WARMUP_S, "measure_s": asks.measure_s, "drain_s": 60},
        "people": {"count": asks.people, **_PEOPLE},
        "actions": {
            "send": {**send, "size_bytes": {"kind": "fixed", "bytes": _BODY_BYTES}},
            "typing": {"per_send": 0},
            "seen": {"per_person_per_minute": 0},
            "list": {"per_person_per_minute": 0},
        },
        "servers": _SERVERS,
        "networks": list(networks),
        "variants": {"twin": software},
    }


@dataclass(frozen=True, slots=True)
class _Asks:
    """What a cell asks, how often, for how long, and of how many who send how much."""

    question: str
    replications: int
    measure_s: float
    people: int
    per_minute: float = 60.0


def latency(row: Row) -> Twin:
    """The twin of a row of the latency table. Raises `InputError` for an unknown cell."""
    cell, loss_ratio = row["cell"], value(row, "packet_loss") or 0.0
    software, _, period = cell.partition("-p0.")
    period_s = float(f"0.{period}") if period else 1.0
    writers = round((value(row, "sent") or 0.0) * period_s / LATENCY_RUN_S)
    name = f"latency-{cell}-loss-{loss_ratio:g}".replace(".", "-")
    bursts = _bursts(row)
    asks = _Asks(
        f"What latency does {cell} have at {100 * loss_ratio:g} % packet loss?",
        6 if loss_ratio or bursts else 2, LATENCY_RUN_S, 2 * writers, 60.0 / period_s,
    )  # fmt: skip
    networks = [_NETWORK | (bursts or _bernoulli(loss_ratio)) for _ in _SIDES]
    made = _twin(f"{name}-bursts" if bursts else name, asks, networks, _software(software))
    return Twin(name, table_to_toml(made))


def _bernoulli(ratio: float) -> Table:
    from_s = WARMUP_S - _LOSS_BEFORE_S
    return {"loss": {"kind": "bernoulli", "ratio": ratio, "from_s": from_s}} if ratio else {}


def _bursts(row: Row) -> Table:
    good_s, bad_s = value(row, "mean_good_s"), value(row, "mean_bad_s")
    if good_s is None or bad_s is None:
        return {}
    loss = {
        "kind": "gilbert-elliott", "mean_good_s": good_s, "mean_bad_s": bad_s, "loss_good": 0,
        "loss_bad": 1, "shared": True, "from_s": WARMUP_S - _LOSS_BEFORE_S,
    }  # fmt: skip
    return {"loss": loss}


def outages(rows: tuple[Row, ...]) -> Twin:
    """The twin of one campaign of outages: rows that share fault, cell, `down_s` and `up_s`.

    Both sides of a link campaign are one run: even outages cut rx, odd ones tx.
    """
    first = rows[0]
    fault, cell = first["fault"], first["cell"]
    down_s, up_s = value(first, "down_s") or 0.0, value(first, "up_s") or 0.0
    count = int(max(value(row, "outages") or 0.0 for row in rows)) * (2 if fault == "link" else 1)
    faults = tuple(
        Outage(
            ("rx", "tx")[k % 2] if fault == "link" else first["side"],
            round(WARMUP_S + FIRST_OUTAGE_S + k * (down_s + up_s), 3),
            down_s,
            up_s,
        )
        for k in range(count)
    )
    name = f"{fault}-{cell}" + ("" if fault == "rst" else f"-{down_s:g}s")
    what = {
        "link": f"link outages of {down_s:g} s",
        "kill": f"the server process killed, back after {down_s:g} s",
        "rst": "all connections reset at the server",
    }.get(fault)
    if what is None:
        raise InputError([f"fault {fault!r} of cell {cell!r}; allowed: link, kill, rst"])
    asks = _Asks(
        f"What does {cell} lose and double: {what}?",
        _replications(fault, down_s),
        FIRST_OUTAGE_S + count * (down_s + up_s),
        int(2 * (value(first, "rooms") or 10.0)),
    )
    name = name.replace(".", "-")
    made = _twin(name, asks, _networks(faults if fault == "link" else ()), _software(cell))
    strikes = [_strike(fault, cell, one) for one in faults]
    return Twin(name, table_to_toml(made | _struck(strikes)), faults)


def _struck(faults: Sequence[Table]) -> Table:
    found = [one for one in faults if one]
    return {"faults": found} if found else {}


def conflict(row: Row) -> Twin:
    """The twin of a row of the client-id conflict: both readers have one client id."""
    asks = _Asks(
        "How often do two clients with one client id take each other's place?",
        4, round(60.0 * (value(row, "minutes") or 4.0)), 4, 150.0,
    )  # fmt: skip
    name = f"conflict-{row['cell']}"
    made = _twin(name, asks, [_NETWORK for _ in _SIDES], _MQTT_JS)
    return Twin(name, table_to_toml(made))


def storm(row: Row) -> Twin:
    """The twin of a row of the reconnect storm: when everybody is back, from listening on."""
    down_s = value(row, "down_s") or 3.0
    listen_s = value(row, "listen_after_restart_s") or 0.0
    fault = Outage("sv", WARMUP_S + FIRST_OUTAGE_S, down_s + listen_s, 30.0)
    name = f"storm-{row.get('policy', 'fixed')}-{float(row['N']):g}"
    question = "How soon are all clients back after the server was killed?"
    asks = _Asks(question, 2, 45.0, int(float(row["N"])), 0.0)
    made = _twin(name, asks, [_NETWORK for _ in _SIDES], _software("ws"))
    servers = {**_SERVERS, "accept_backlog": int(value(row, "backlog") or 511)}
    crash = _CRASH | {"at_s": fault.start_s, "restart_s": round(fault.down_s, 6)}
    made |= {"servers": servers, "faults": [crash]}
    return Twin(name, table_to_toml(made), (fault,))


_CRASH: Final[Table] = {"kind": "node-crash", "node": 0}


def _replications(fault: str, down_s: float) -> int:
    """39 where ping phases decide (an interval without assumptions), fewer where they cannot."""
    if fault == "link":
        return 39 if down_s > 15.0 else 8
    return 24 if fault == "kill" else 16


def _networks(faults: tuple[Outage, ...]) -> list[Table]:
    made = []
    for side in _SIDES:
        spans = [[one.start_s, round(one.end_s, 3)] for one in faults if one.side == side]
        outages = {"outages": {"kind": "list", "intervals": spans}} if spans else {}
        made.append(_NETWORK | outages)
    return made


def _strike(fault: str, cell: str, one: Outage) -> Table:
    """One outage as a fault; none for those of links, which their networks have."""
    if fault == "link":
        return {}
    if fault == "rst":
        return {"kind": "mass-disconnect", "share": 1.0, "at_s": one.start_s}
    least_s, spread_s = next(of for name, of in START_UP_S.items() if cell.startswith(name))
    back = {"restart_s": round(one.down_s + least_s, 6), "restart_spread_s": spread_s}
    return _CRASH | {"at_s": one.start_s} | back


def _software(cell: str) -> Table:
    if cell in _SOFTWARE:
        return _SOFTWARE[cell]
    match = _MQTT_NAME.match(cell)
    if match is None:
        names = ", ".join((*_SOFTWARE, "mqttQ[-clean|-persist][-nd]"))
        raise InputError([f"cell {cell!r}: no twin; allowed: {names}, or a column `scenario`"])
    lasting = match[2] == "-persist"
    return {
        "base": f"mqtt-qos{match[1]}",
        "mqtt_client": "paho",
        "mqtt_broker": "mosquitto",
        "over_websocket": False,
        "heartbeat": "paho",
        "backoff": "paho",
        "connect_timeout_s": 5.0,
        "client_nodelay": bool(match[3]),
        "server_nodelay": bool(match[3]),
        "clean_session": not lasting,
        "recovery": "session" if lasting else "none",
    }
