"""Each measured cell as a scenario: same path, loss, people, phases, timers and faults.

The twins of the recorded cells are files in `cells/`, to be read and copied; `cell` makes the same
text from a cell's parameters, so that other losses, bursts, outage lengths, transports and
qualities of service get a twin as well. A cell's name says what ran:

    ws wsresync hybrid longpoll sio-ws sio-poll sio sio-retries mqttQ[-clean|-persist]
    h1-longpoll mqttjs-ws-qos0

with `-nd` for TCP_NODELAY at both ends of MQTT and `-p0.1` for a message every 0.1 s, not 1 s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.errors import InputError
from sim.validation.measured import Row, value
from sim.validation.quantities import Outage

WARMUP_S: Final = 62.0  # longer than any ping interval, so that phases can be drawn
FIRST_OUTAGE_S: Final = 15.0  # after the first message
LATENCY_RUN_S: Final = 120.0
_LOSS_BEFORE_S: Final = 1.0  # loss begins so long before the first message

_WEBSOCKETS: Final = """\
heartbeat = "websockets+aiohttp"
backoff = "fixed-1s"
connect_timeout_s = 10.0
close_timeout_s = 1.0
"""
_AIOHTTP: Final = 'pool = "aiohttp-6"\nstored = false\n'
_MEMORY: Final = 'log = "memory"\n'  # what was said is a list in the server's process
_MQTT: Final = """\
base = "mqtt-qos{qos}"
mqtt_client = "paho"
mqtt_broker = "mosquitto"
over_websocket = false
heartbeat = "paho"
backoff = "paho"
connect_timeout_s = 5.0
client_nodelay = {nodelay}
server_nodelay = {nodelay}
clean_session = {clean}
recovery = "{recovery}"
"""
_POLLING: Final = 'base = "socketio-polling"\npool = "node"\n'
_MQTT_JS: Final = """\
base = "mqtt-qos0"
mqtt_client = "mqtt.js"
mqtt_broker = "mosquitto"
over_websocket = {over_websocket}
heartbeat = "mqtt.js"
backoff = "fixed-1s"
connect_timeout_s = 30.0
"""
_SOFTWARE: Final[Mapping[str, str]] = {
    "ws": f'base = "full-websocket"\n{_WEBSOCKETS}',
    "wsresync": f'base = "full-websocket"\nrecovery = "cursor"\n{_MEMORY}{_WEBSOCKETS}',
    "hybrid": f'base = "hybrid"\n{_AIOHTTP}{_WEBSOCKETS}',
    "longpoll": f'base = "long-poll"\n{_MEMORY}{_AIOHTTP}backoff = "fixed-1s"\n',
    "h1-longpoll": f'base = "long-poll"\n{_MEMORY}pool = "node"\nstored = false\n',
    "mqttjs-ws-qos0": _MQTT_JS.format(over_websocket="true"),
    "sio-ws": 'base = "socketio"\nsocketio_transport = "websocket"\n',
    "sio": 'base = "socketio"\nsocketio_transport = "polling"\n',
    "sio-poll": _POLLING,
    "sio-polling": _POLLING,
    "sio-retries": 'base = "socketio"\nsocketio_transport = "polling"\nsocketio_retries = 3\n',
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

_HEAD: Final = """\
# {title}
name = "{name}"
question = "{question}"
designs = ["twin"]
seed = 1
replications = {replications}

[time]
warmup_s = {warmup_s:g}    # longer than any ping interval, so that phases can be drawn
measure_s = {measure_s:g}
drain_s = 60

[people]
count = {people}       # the first half write on tx, the second half read on rx
networks = "in order"
clients = "one process per network"
arrive_within_s = 0.3
owed = "members"

[actions.send]
per_person_per_minute = {per_minute:g}
size_bytes = {{ kind = "fixed", bytes = 167 }}   # JSON of 187 bytes with its envelope

[conversations.sizes]
kind = "one-way-pairs"

[arrivals]
kind = "periodic"
from_s = {warmup_s:g}

[actions.typing]
per_send = 0

[actions.seen]
per_person_per_minute = 0

[actions.list]
per_person_per_minute = 0

[tls]
version = "none"

[transport]
lane = "exact"

[servers]
gateways = 1
api_nodes = 0    # one process does everything
cores = 1

[backplane]
delay_s = 0

[store]
write_s = 0
read_s = 0
"""
_NETWORK: Final = """
[[networks]]     # {side}; ping there and back: 50.04 ms at least, 50.22 ms on average
share = 0.5
profile = "lan"
delay = {{ kind = "gamma", mean_s = 0.02511, sd_s = 0.00009, floor_s = 0.02502 }}
rate = {{ kind = "none" }}
"""


@dataclass(frozen=True, slots=True)
class Twin:
    """A cell's name, its scenario as a text, and the faults that the quantities are counted by."""

    name: str
    text: str
    outages: tuple[Outage, ...] = ()


def latency(row: Row) -> Twin:
    """The twin of a row of the latency table. Raises `InputError` for an unknown cell."""
    cell, loss_ratio = row["cell"], value(row, "packet_loss") or 0.0
    software, _, period = cell.partition("-p0.")
    period_s = float(f"0.{period}") if period else 1.0
    writers = round((value(row, "sent") or 0.0) * period_s / LATENCY_RUN_S)
    name = f"latency-{cell}-loss-{loss_ratio:g}".replace(".", "-")
    bursts = _bursts(row)
    head = _HEAD.format(
        title=f"Twin of a measured cell: latency of {cell} at {100 * loss_ratio:g} % packet loss.",
        question=f"What latency does {cell} have at {100 * loss_ratio:g} % packet loss?",
        name=f"{name}-bursts" if bursts else name,
        replications=6 if loss_ratio or bursts else 2,
        warmup_s=WARMUP_S,
        measure_s=LATENCY_RUN_S,
        people=2 * writers,
        per_minute=60.0 / period_s,
    )
    loss = bursts or _bernoulli(loss_ratio)
    text = head + "".join(_NETWORK.format(side=side) + loss for side in ("tx", "rx"))
    return Twin(name, text + _variant(software))


def _bernoulli(ratio: float) -> str:
    if not ratio:
        return ""
    from_s = WARMUP_S - _LOSS_BEFORE_S
    return f'loss = {{ kind = "bernoulli", ratio = {ratio:g}, from_s = {from_s:g} }}\n'


def _bursts(row: Row) -> str:
    good_s, bad_s = value(row, "mean_good_s"), value(row, "mean_bad_s")
    if good_s is None or bad_s is None:
        return ""
    times = f"mean_good_s = {good_s:g}, mean_bad_s = {bad_s:g}"
    from_s = WARMUP_S - _LOSS_BEFORE_S
    return (
        f'loss = {{ kind = "gilbert-elliott", {times}, loss_good = 0, loss_bad = 1,'
        f" shared = true, from_s = {from_s:g} }}\n"
    )


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
    head = _HEAD.format(
        title=f"Twin of a measured cell: {cell}, {what}.",
        question=f"What does {cell} lose and double: {what}?",
        name=name.replace(".", "-"),
        replications=_replications(fault, down_s),
        warmup_s=WARMUP_S,
        measure_s=FIRST_OUTAGE_S + count * (down_s + up_s),
        people=int(2 * (value(first, "rooms") or 10.0)),
        per_minute=60.0,
    )
    text = head + _networks(faults if fault == "link" else ()) + _strikes(fault, cell, faults)
    return Twin(name.replace(".", "-"), text + _variant(cell), faults)


def conflict(row: Row) -> Twin:
    """The twin of a row of the client-id conflict: both readers have one client id."""
    minutes = value(row, "minutes") or 4.0
    head = _HEAD.format(
        title="Twin of a measured cell: two MQTT.js clients with one client id.",
        question="How often do two clients with one client id take each other's place?",
        name=f"conflict-{row['cell']}",
        replications=4,
        warmup_s=WARMUP_S,
        measure_s=round(60.0 * minutes),
        people=4,
        per_minute=150.0,
    )
    text = head + "".join(_NETWORK.format(side=side) for side in ("tx", "rx"))
    software = _MQTT_JS.format(over_websocket="false")
    return Twin(f"conflict-{row['cell']}", text + "\n[variants.twin]\n" + software)


def storm(row: Row) -> Twin:
    """The twin of a row of the reconnect storm: when everybody is back, from listening on."""
    down_s = value(row, "down_s") or 3.0
    listen_s = value(row, "listen_after_restart_s") or 0.0
    fault = Outage("sv", WARMUP_S + FIRST_OUTAGE_S, down_s + listen_s, 30.0)
    name = f"storm-{row.get('policy', 'fixed')}-{float(row['N']):g}"
    head = _HEAD.format(
        title="Twin of a measured cell: a storm of reconnecting WebSocket clients.",
        question="How soon are all clients back after the server was killed?",
        name=name,
        replications=2,
        warmup_s=WARMUP_S,
        measure_s=45.0,
        people=int(float(row["N"])),
        per_minute=0.0,
    ).replace("cores = 1\n", f"cores = 1\naccept_backlog = {value(row, 'backlog') or 511:g}\n")
    text = head + "".join(_NETWORK.format(side=side) for side in ("tx", "rx"))
    text += f'\n[[faults]]\nkind = "node-crash"\nnode = 0\nat_s = {fault.start_s:g}\n'
    text += f"restart_s = {fault.down_s:g}\n"
    return Twin(name, text + _variant("ws"), (fault,))


def _replications(fault: str, down_s: float) -> int:
    """39 where ping phases decide (an interval without assumptions), fewer where they cannot."""
    if fault == "link":
        return 39 if down_s > 15.0 else 8
    return 24 if fault == "kill" else 16


def _networks(faults: tuple[Outage, ...]) -> str:
    text = ""
    for side in ("tx", "rx"):
        text += _NETWORK.format(side=side)
        spans = [[one.start_s, round(one.end_s, 3)] for one in faults if one.side == side]
        if spans:
            text += f'outages = {{ kind = "list", intervals = {spans} }}\n'
    return text


def _strikes(fault: str, cell: str, faults: tuple[Outage, ...]) -> str:
    if fault == "link":
        return ""
    server = next(name for name in START_UP_S if cell.startswith(name))
    least_s, spread_s = START_UP_S[server]
    text = ""
    for one in faults:
        if fault == "rst":
            text += '\n[[faults]]\nkind = "mass-disconnect"\nshare = 1.0\n'
            text += f"at_s = {one.start_s:g}\n"
            continue
        text += '\n[[faults]]\nkind = "node-crash"\nnode = 0\n'
        text += f"at_s = {one.start_s:g}\nrestart_s = {one.down_s + least_s:g}\n"
        text += f"restart_spread_s = {spread_s:g}\n"
    return text


def _variant(cell: str) -> str:
    return "\n[variants.twin]\n" + _software(cell)


def _software(cell: str) -> str:
    if cell in _SOFTWARE:
        return _SOFTWARE[cell]
    match = _MQTT_NAME.match(cell)
    if match is None:
        names = ", ".join((*_SOFTWARE, "mqttQ[-clean|-persist][-nd]"))
        raise InputError([f"cell {cell!r}: no twin; allowed: {names}, or a column `scenario`"])
    lasting = match[2] == "-persist"
    return _MQTT.format(
        qos=match[1],
        nodelay="true" if match[3] else "false",
        clean="false" if lasting else "true",
        recovery="session" if lasting else "none",
    )
