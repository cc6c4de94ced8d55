"""Heartbeats, back-offs and clients as people write them: a preset's name, numbers, or both.

A heartbeat's `interval_s` and `timeout_s` hold for every end that pings; what the other end allows
of silence follows, as it does in the software. `client` and `server` change one end alone. Numbers
of a back-off belong to its rule: the preset's, or another one by `kind`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, Final

from models.options import listed
from models.protocols.backoff import BACKOFFS, RULES
from models.protocols.heartbeat import HEARTBEATS, Heartbeat
from models.protocols.software import CLIENTS, Software
from models.tables import Mistake, Mistakes, made, overlaid, unknown

Table = dict[str, Any]
_USUAL: Final = "websockets"
_SHORT: Final = {"interval_s": "interval_s", "ping_s": "interval_s", "timeout_s": "timeout_s"}

# How long the end that only listens bears silence, from the other's interval and time-out.
_SILENCE_S: Final[Mapping[str, Callable[[float, float], float]]] = {
    "engine.io": lambda interval_s, timeout_s: interval_s + timeout_s,  # engine.io-client
    "mqtt.js": lambda interval_s, timeout_s: 1.5 * interval_s,  # [MQTT-3.1.2-24]
    "paho": lambda interval_s, timeout_s: 1.5 * interval_s,
    "paho-loop": lambda interval_s, timeout_s: 1.5 * interval_s,
    "libmosquitto": lambda interval_s, timeout_s: 1.5 * interval_s,
    "centrifuge": lambda interval_s, timeout_s: interval_s + 10.0,  # maxServerPingDelay
}


def heartbeat(table: Mapping[str, Any]) -> Heartbeat:
    """Both ends in full. Raises Mistakes for a preset or a key that does not exist.

    >>> heartbeat({"preset": "engine.io", "interval_s": 15}).client.watch.limit_s
    35.0
    """
    name = table.get("preset", _USUAL)
    ours, _, theirs = name.partition("+") if isinstance(name, str) else ("", "", "")
    if ours not in HEARTBEATS or (theirs or ours) not in HEARTBEATS:
        raise Mistakes([(("preset",), name, listed(HEARTBEATS))])
    allowed = ("preset", "interval_s", "timeout_s", "client", "server")
    odd = [key for key in table if key not in (*allowed, "ping_s")]
    found = [unknown(key, table[key], allowed) for key in odd]
    found += [mistake for key in _SHORT if key in table for mistake in _not_above_0(key, table)]
    if found:
        raise Mistakes(found)
    sources = (HEARTBEATS[ours].source, HEARTBEATS[theirs or ours].source)
    ends: Table = {
        "client": asdict(HEARTBEATS[ours])["client"],
        "server": asdict(HEARTBEATS[theirs or ours])["server"],
        "source": "; ".join(dict.fromkeys(sources)),
    }
    numbers = {_SHORT[key]: value for key, value in table.items() if key in _SHORT}
    if numbers:
        _set_pings(ends, numbers)
        for end, preset in (("client", ours), ("server", theirs or ours)):
            _follow(ends, end, preset)
    own = {end: table[end] for end in ("client", "server") if end in table}
    return made(Heartbeat, overlaid(ends, own))


def _not_above_0(key: str, table: Mapping[str, Any]) -> list[Mistake]:
    value = table[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return [] if number and value > 0.0 else [((key,), value, "more than 0 seconds")]


def _set_pings(ends: Table, numbers: Mapping[str, Any]) -> None:
    """Where neither end pings, the client does from now on."""
    pinging = [end for end in ("client", "server") if (ends[end] or {}).get("ping")]
    if not pinging:
        ends["client"] = {"ping": {"interval_s": 20.0, "timeout_s": 20.0}, "watch": None}
        pinging = ["client"]
    for end in pinging:
        ends[end]["ping"].update(numbers)


def _follow(ends: Table, end: str, preset: str) -> None:
    other = ends["server" if end == "client" else "client"]
    ping, watch = (other or {}).get("ping"), (ends[end] or {}).get("watch")
    if ping and watch and preset in _SILENCE_S:
        both = (ping["interval_s"], ping["timeout_s"])
        if all(isinstance(one, int | float) for one in both):
            watch["limit_s"] = float(_SILENCE_S[preset](*both))


def client(table: Mapping[str, Any]) -> Software:
    """What a client runs in, in full. Raises Mistakes for a preset or a key that does not exist.

    >>> client({"preset": "chromium", "listens": "offline"}).lost_after_s
    1.5
    """
    name = table.get("preset", "python")
    if not isinstance(name, str) or name not in CLIENTS:
        raise Mistakes([(("preset",), name, listed(CLIENTS))])
    own = {key: value for key, value in table.items() if key != "preset"}
    return made(Software, overlaid(asdict(CLIENTS[name]), own))


def rule_of(table: Mapping[str, Any]) -> tuple[type[Any], Table]:
    """The class of a back-off's rule, and the numbers it has before any are given.

    Raises Mistakes for a preset or a kind that does not exist.
    """
    kind, name = table.get("kind"), table.get("preset", _USUAL)
    if kind is not None:
        if kind not in RULES:
            raise Mistakes([(("kind",), kind, listed(RULES))])
        return RULES[kind], {}
    if name not in BACKOFFS:
        raise Mistakes([(("preset",), name, listed(BACKOFFS))])
    policy: Any = BACKOFFS[name]
    return type(policy), asdict(policy)


def backoff(table: Mapping[str, Any]) -> Table:
    """The rule with its numbers, and how often it is tried. Raises Mistakes.

    >>> backoff({"kind": "fixed", "wait_s": 5, "jitter_s": 1, "tries": 4})["rule"].wait_s
    5.0
    """
    rule, numbers = rule_of(table)
    ours = ("preset", "kind", "tries", "stable_s")
    own = {key: value for key, value in table.items() if key not in ours}
    tries, stable_s = table.get("tries", math.inf), table.get("stable_s", 0.0)
    found: list[Mistake] = []
    if isinstance(stable_s, bool) or not isinstance(stable_s, int | float) or not stable_s >= 0:
        found.append((("stable_s",), stable_s, "0 to 3600 seconds"))
    if isinstance(tries, bool) or not isinstance(tries, int | float) or not tries >= 1:
        found.append((("tries",), tries, "at least 1, inf without an end"))
    try:
        policy = made(rule, {**numbers, **own})
    except Mistakes as error:
        raise Mistakes([*error.found, *found]) from None
    if found:
        raise Mistakes(found)
    return {"rule": policy, "tries": float(tries), "stable_s": float(stable_s)}


def with_kind(present: Mapping[str, Any], change: Table) -> Table:
    """A change of a back-off that names no rule: the present one if its numbers fit, else another.

    >>> with_kind({"preset": "fixed-1s"}, {"base_s": 1.0, "factor": 2.0, "cap_s": 30.0})["kind"]
    'exponential'
    """
    numbers = {key for key in change if key not in ("tries", "stable_s")}
    try:
        now = rule_of(present)[0]
    except Mistakes:
        return change
    rules: tuple[type[Any], ...] = (now, RULES["fixed"], RULES["exponential"])
    for rule in rules:
        if numbers <= {one.name for one in fields(rule)}:
            kind = next(name for name, one in RULES.items() if one is rule)
            return change if rule is now else {"kind": kind, **change}
    return change
