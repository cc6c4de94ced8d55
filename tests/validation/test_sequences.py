"""Real clients and servers against our machines: which packets, with which flags, in which order.

The recordings in results/validation/sequences say what real software wrote; `sequences.record`
makes them anew. Here our machines play the same steps, and every line (one direction of one
connection) must read the same. EXPLAINED lists the lines where it does not, and why.
"""

import json
from itertools import groupby
from pathlib import Path

import pytest
from sequences.machine_mqtt import MachineMqtt
from sequences.machine_socketio import MachineSocketio
from sequences.machine_websocket import MachineWebsocket
from sequences.situations import SITUATIONS

RECORDED = Path(__file__).parents[2] / "results" / "validation" / "sequences"
FAREWELLS = ("DISCONNECT", "CLOSE")
STAGES = {
    "paho": MachineMqtt,
    "mqtt.js": MachineMqtt,
    "socket.io": MachineSocketio,
    "websockets": MachineWebsocket,
}

# (software, situation, line) -> why ours differs
EITHER_WAY = "whether m1 still leaves by POST or already by WebSocket: who is quicker, so no rule"
EXPLAINED: dict[tuple[str, str, str], str] = {
    ("socket.io", "emit while away, polling first", line): EITHER_WAY
    for line in ("post 2, client", "post 2, server", "ws 2, client")
}


def recordings():
    for software in STAGES:
        body = json.loads((RECORDED / f"{software}.json").read_text("utf-8"))
        for one in body["situations"]:
            yield pytest.param(software, one, id=f"{software}: {one['situation']}")


def played(software: str, recording: dict) -> list[dict]:
    stage = STAGES[software](software, recording["options"])
    for step in recording["steps"]:
        stage.play(*step)
    return stage.seen


def lines(packets: list[dict]) -> dict[str, list[dict]]:
    """What each end wrote on each connection, in order."""

    def line(seen: dict) -> str:
        return f"{seen['on']}, {seen['from']}"

    found = groupby(sorted(packets, key=line), key=line)
    return _without_idle_polls({name: [_told(one) for one in group] for name, group in found})


def _told(seen: dict) -> dict:
    return {key: value for key, value in seen.items() if key not in ("from", "on")}


def _without_idle_polls(found: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Without polls that brought nothing but a NOOP: an upgrade needs one if the poll is quicker
    than the probe."""
    for name in [name for name in found if name.startswith("get") and name.endswith("server")]:
        busy = [one for one in found[name] if not _is_noop(one)]
        idle = len(found[name]) - len(busy)
        client = name.replace("server", "client")
        found |= {name: busy, client: found[client][: len(found[client]) - idle]}
    return found


def _is_noop(seen: dict) -> bool:
    return [held["packet"] for held in seen.get("holds", ())] == ["NOOP"]


def from_one(packets: list[dict], clients: int) -> list[dict]:
    """Packet ids that a client hands out, counted from 1: MQTT.js begins anywhere."""
    first = {one["on"]: one["id"] - 1 for one in reversed(packets) if one["packet"] == "SUBSCRIBE"}
    shift = next(reversed(first.values()), 0)
    return [
        _shifted(one, first.get(one["on"], shift) if clients > 1 else shift)
        if _is_clients(one)
        else one
        for one in packets
    ]


def _before_farewell(packets: list[dict]) -> list[dict]:
    """Without the ends of connections that were agreed upon: either end may be the quicker."""
    left = {one["on"] for one in packets if one["packet"] in FAREWELLS}
    return [one for one in packets if one["packet"] != "END" or one["on"] not in left]


def _is_clients(seen: dict) -> bool:
    asks = seen["packet"] in ("PUBLISH", "PUBREL", "SUBSCRIBE")
    return seen.get("id", 0) > 0 and asks == (seen["from"] == "client")


def _shifted(seen: dict, shift: int) -> dict:
    return {**seen, "id": (seen["id"] - 1 - shift) % 65_535 + 1}


def differing(software: str, recording: dict) -> dict[str, tuple[list[dict], list[dict]]]:
    """Lines that are not the same: what was real, and ours."""
    clients = 1 + sum(word == "take over" for word, *_ in recording["steps"])
    packets = from_one(_before_farewell(recording["packets"]), clients)
    real, ours = lines(packets), lines(played(software, recording))
    names = sorted(real.keys() | ours.keys())
    pairs = {name: (real.get(name, []), ours.get(name, [])) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@pytest.mark.parametrize(("software", "recording"), list(recordings()))
def test_machines_write_what_real_software_wrote(software, recording):
    found = differing(software, recording)
    name = recording["situation"]
    explained = {line for program, place, line in EXPLAINED if (program, place) == (software, name)}
    unexplained = {line: pair for line, pair in found.items() if line not in explained}
    assert not unexplained, "\n".join(_page(unexplained))
    assert explained <= lines(recording["packets"]).keys(), "explains a line that is not there"


def _page(found: dict[str, tuple[list[dict], list[dict]]]):
    for line, (real, ours) in found.items():
        yield f"{line}:"
        yield from (f"  real {one}" for one in real)
        yield from (f"  ours {one}" for one in ours)


def test_a_wrong_flag_is_noticed():
    body = json.loads((RECORDED / "paho.json").read_text("utf-8"))
    (recording,) = (one for one in body["situations"] if one["situation"] == "publish")
    recording["packets"][-1]["id"] += 1
    assert list(differing("paho", recording)) == ["tcp 1, server"]


@pytest.mark.parametrize("software", STAGES)
def test_every_situation_is_recorded(software):
    body = json.loads((RECORDED / f"{software}.json").read_text("utf-8"))
    asked = [
        json.loads(json.dumps([one.name, one.options, one.steps])) for one in SITUATIONS[software]
    ]
    assert [[one["situation"], one["options"], one["steps"]] for one in body["situations"]] == asked
    assert body["versions"]
