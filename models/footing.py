"""An equal footing: every design with the same timers, and as safe as its architecture allows.

A difference between two designs may be their architecture's or their defaults'. Here is a design as
it would be with the same client, heartbeat, back-off, dial limits, resending, store before the
acknowledgement, key and recovery as all others; and what of that it cannot have, in words. It
follows from what the design's channels read and keep (`models.fit`) and say of themselves (`pings`,
`takes` and `lacks` of a `Kind`). TLS is the scenario's, so it is the same for all in any case; what
a server spends on a message stays the measured software's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel

from models.channels import channels
from models.fit import is_read, kinds_of
from models.options import GROUPS, Client, Connection, Http
from models.protocols.heartbeat import HEARTBEATS, PingSpec

if TYPE_CHECKING:
    from models.channels.kind import Kind
    from models.options import Options, Routes

PARTS: Final = ("client", "heartbeat", "back-off", "dial", "retry", "store", "key", "recovery")
"""What is the same on equal footing. Each takes what stands before it for granted."""

_TIMERS: Final = "websockets"  # heartbeat and back-off: the usual ones, and both ends ping
_RUNS_IN: Final = "python"  # clients: told of nothing, and never late
_PING: Final = PingSpec(20.0, 20.0)  # theirs, which a test compares
_SILENCE_S: Final = _PING.interval_s + _PING.timeout_s  # until a ping without an answer is noticed
_RETRIES: Final = 1000  # as good as without an end, as requests and WebSockets have it
_KEEP_S: Final = 3600.0  # the longest that Socket.IO may keep a state
_RESENDING: Final = ("http", "websocket", "mqtt", "socketio")  # groups with an option for it

Settings = dict[str, dict[str, Any]]


class Design(Protocol):
    """What is asked of a design (`models.design.Design`, which knows of this module)."""

    @property
    def name(self) -> str: ...
    @property
    def send(self) -> str: ...
    @property
    def receive(self) -> str: ...
    @property
    def routes(self) -> Routes: ...
    @property
    def options(self) -> Options: ...
    def variant(self, name: str, changes: Mapping[str, Any]) -> Self: ...


D = TypeVar("D", bound=Design)


@dataclass(frozen=True, slots=True)
class Stand(Generic[D]):
    """A design on equal footing.

    lacks: part -> why the design does not have it as all others do. alike: designs of which it is
    the same are one system. changed: how many options are not as shipped; 0: the design itself.
    """

    design: D
    lacks: Mapping[str, str]
    alike: str
    changed: int


def on_equal_footing(design: D, parts: Collection[str] = PARTS) -> Stand[D]:
    """The design with these parts as every design has them, under its name and `-equal`.

    Raises ValueError for a part that does not exist.

    >>> from models import DESIGNS
    >>> stand = on_equal_footing(DESIGNS["mqtt-qos0"])
    >>> stand.design.options.mqtt.qos, stand.design.options.heartbeat.ends.client.ping.interval_s
    (1, 20.0)
    >>> stand.lacks["key"]
    'no message key, so QoS 1 repeats'
    """
    if odd := [part for part in parts if part not in PARTS]:
        raise ValueError(f"part {odd[0]!r}; allowed: {', '.join(PARTS)}")
    same = [part for part in PARTS if part in parts]
    equal = design
    for part in same:
        equal = _taken(equal, part)
    lacks = {part: why for part in same if (why := "; ".join(_lacks(equal, part)))}
    before, after = _flat(design.options), _flat(equal.options)
    changed = sum(before.get(key) != after.get(key) for key in {**before, **after})
    if changed:
        whole = "timers, retries, store, key and recovery"
        said = whole if len(same) == len(PARTS) else ", ".join(same)
        said = f"{design.name} with the {said} that all have here."
        equal = equal.variant(f"{design.name}-equal", {"summary": said, "claims": ()})
    return Stand(equal if changed else design, lacks, repr((equal.routes, after)), changed)


def _taken(design: D, part: str) -> D:
    """The design with one part as all have it, option by option, as far as anything reads it."""
    for group, table in _settings(design, part).items():
        whole = "preset" in table
        for one in [table] if whole else [{key: value} for key, value in table.items()]:
            path = group if whole else f"{group}.{next(iter(one))}"
            if is_read(path, design.routes, _groups(design.options)):
                with suppress(ValueError):  # what a channel refuses is left, and named
                    design = design.variant(design.name, {group: one})
    return design


def _settings(design: Design, part: str) -> Settings:
    """A part by groups of options; what the design's channels say of it has the last word."""
    found = _usual(design, part)
    for kind in kinds_of(design.routes):
        for group, table in kind.takes(_PING).get(part, {}).items():
            if group != "store" or kind.name == design.send:
                found = {group: {**found.pop(group, {}), **table}, **found}
    return found


def _usual(design: Design, part: str) -> Settings:
    """A part as all have it, as far as the groups that every design knows are concerned."""
    now, usual = design.options, Http()
    parts: dict[str, Settings] = {
        "client": {} if now.client == Client() else {"client": {"preset": _RUNS_IN}},
        "heartbeat": {
            "heartbeat": _heartbeat(kinds_of(design.routes)),
            "long_poll": _polls(now),
        },
        "back-off": {"backoff": {"preset": _TIMERS}},
        "dial": {
            "connection": Connection().model_dump(),
            "tcp": {"client_keepalive": None, "server_keepalive": "off"},
            "http": {"pool": "browser", "version": usual.version},
        },
        "retry": {
            "http": {
                "request_timeout_s": usual.request_timeout_s,
                "retry": True,
                "retry_wait_s": usual.retry_wait_s,
                "retry_after": usual.retry_after,
            },
            "websocket": {"acks": True},
            "mqtt": {"qos": max(1, now.mqtt.qos)},
            "socketio": {"retries": _RETRIES, "ack_timeout_s": usual.request_timeout_s},
        },
        "store": {"store": {"stored": True}},
        "key": {"store": {"idempotent": True, "keys": "whole"}, "websocket": {"dedup": "id"}},
        "recovery": {
            "recovery": {
                "kind": channels()[design.receive].keeps[-1],
                "log": "store",
                "window": "whole",
                "behind": "nothing",
                "keep_s": _KEEP_S,
            },
        },
    }
    return parts[part]


def _polls(now: Options) -> dict[str, Any]:
    """A poll without an answer is noticed as late as a ping; one that is not held stays so."""
    if now.long_poll.hold_s == 0.0:
        return {"patience_s": _SILENCE_S}
    return {"hold_s": _PING.interval_s, "patience_s": _PING.timeout_s}


def _heartbeat(kinds: Collection[Kind]) -> dict[str, Any]:
    """Both ends ping; one that the protocol does not let ping waits for the other as long."""
    table: dict[str, Any] = {"preset": _TIMERS}
    for end in ("client", "server"):
        if any(end not in kind.pings for kind in kinds if "heartbeat" in kind.reads):
            table[end] = {"ping": None, "watch": {"limit_s": _SILENCE_S}}
    return table


def _lacks(design: Design, part: str) -> Iterator[str]:
    """Why the design does not have a part as all others do, for each channel that it concerns."""
    groups = _groups(design.options)
    for kind in _concerned(design, part):
        own = kind.lacks(groups).get(part, "")
        if why := own or next((words for words in _differs(design, kind, part) if words), ""):
            yield why


def _concerned(design: Design, part: str) -> list[Kind]:
    """Channels that a part is about: who receives, who sends, or all that stay open."""
    if part == "client":
        return []  # any can have it
    receiver, sender = channels()[design.receive], channels()[design.send]
    if part in ("retry", "store", "key"):
        return [sender]
    if part == "recovery":
        return [receiver]
    stay = [kind for kind in kinds_of(design.routes) if "heartbeat" in kind.reads]
    return [receiver, *(kind for kind in stay if kind.name != receiver.name)]


def _differs(design: Design, kind: Kind, part: str) -> Iterator[str]:
    """The same where a channel says nothing of it, as its options show."""
    now, title = design.options, kind.title or kind.name
    if part == "heartbeat":
        yield "" if "heartbeat" in kind.reads else f"{title} has no heartbeat"
        yield "" if now.heartbeat.ends == HEARTBEATS[_TIMERS] else "not both ends ping"
    elif part == "back-off":
        yield "" if "backoff" in kind.reads else f"{title} has no back-off to choose"
    elif part == "dial":
        yield "" if "connection" in kind.reads else f"{title} has no limit of a dial to choose"
    elif part == "retry":
        yield "" if {*_RESENDING} & {*kind.reads} else f"{title} does not send again"
    elif part == "store":
        yield "" if now.store.stored else "acknowledged before it is stored"
    elif part == "key":
        yield "" if now.store.idempotent else "no message key: what is sent again is shown again"
    elif now.recovery.kind == "none":
        yield "what was missed is never recovered"
    else:
        yield "" if now.recovery.kind == "cursor" else "a session, no log with a cursor"


def _groups(options: Options) -> dict[str, Any]:
    """Groups of options by name, those of channels among them."""
    return {name: getattr(options, name) for name in GROUPS} | dict(options.more)


def _flat(value: object, path: str = "") -> dict[str, object]:
    """Every number and word of some options, by its place; where they come from is no option."""
    if isinstance(value, BaseModel):
        inner = {name: getattr(value, name) for name in type(value).model_fields}
    elif is_dataclass(value):
        inner = {one.name: getattr(value, one.name) for one in fields(value)}
    elif isinstance(value, Mapping):
        inner = dict(value)
    else:
        return {path: value}
    found: dict[str, object] = {f"{path}.kind of": type(value).__name__}
    for name, one in inner.items():
        if name != "source":
            found |= _flat(one, f"{path}.{name}".removeprefix("."))
    return found
