"""A design is a table: which channel carries each action, and how it recovers.

Beside the five channels stand the mechanisms: acknowledgements, retries, idempotency, session or
cursor, quality of service, heartbeat, back-off. Values are the real software's defaults unless a
design says otherwise; `assumptions` lists what its source leaves open. `build` turns the table into
a system under test; nothing else in this package is specific to one design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS
from models.protocols.pools import POOLS

if TYPE_CHECKING:
    from models.system import System
    from sim.world import World

CHANNELS: Final = ("websocket", "http", "mqtt", "socketio", "long-poll")
_UP: Final = CHANNELS[:-1]  # a held GET carries nothing up
RECOVERIES: Final = ("none", "cursor", "session")
CLAIMS: Final = ("at-most-once", "at-least-once", "exactly-once", "no-loss-after-ok", "fifo")

MOST_RETRIES: Final = 1_000
_WAITS: Final = (
    "request_timeout_s", "retry_wait_s", "hold_s", "connect_timeout_s", "socketio_ack_timeout_s",
)  # fmt: skip

TRANSPORTS: Final = ("polling", "websocket", "polling only")

_CARRIES: Final = {
    "list": _UP,
    "send": _UP,
    "receive": ("websocket", "mqtt", "socketio", "long-poll"),
    "typing": _UP,
    "seen": _UP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One architecture as a row of choices. Times in seconds.

    list, send, receive, typing, seen: the channel of each action. acks: WebSocket sends carry ids,
    are acknowledged and resent. dedup: how servers know a resent one: by its id, or (a mistake) by
    a counter of the sender's that begins anew on every connection. stored: the message is in the
    store before anyone is told. recovery: what a returning receiver gets (nothing; the log after
    its cursor; its broker session). pool, retry, idempotent: how the client keeps HTTP connections,
    what a request does after a time-out, whether the server knows it again. hold_s: how long a poll
    is held.
    socketio_transport: "polling" and then upgraded, "websocket" at once, or "polling only".
    heartbeat: a preset, or "a+b" for the client's side of a with the server's side of b.
    close_timeout_s: how long a client whose heartbeat failed waits for an answer to its close
    frame, neither sending nor reading, before it gives the connection up.
    client_nodelay, server_nodelay: TCP_NODELAY at either end.
    Raises ValueError for a choice that does not exist.
    """

    name: str
    summary: str
    list: str
    send: str
    receive: str
    typing: str
    seen: str
    acks: bool = False
    dedup: str = "id"
    stored: bool = False
    recovery: str = "none"
    pool: str = "browser"
    retry: bool = True
    idempotent: bool = False
    request_timeout_s: float = 10.0
    retry_wait_s: float = 1.0
    hold_s: float = 25.0
    socketio_transport: str = "polling"
    socketio_retries: int = 0
    socketio_ack_timeout_s: float = 5.0
    qos: int = 0
    clean_session: bool = True
    mqtt_client: str = "mqtt.js"
    mqtt_broker: str = "mosquitto"
    over_websocket: bool = True
    heartbeat: str = "websockets"
    backoff: str = "websockets"
    connect_timeout_s: float = 10.0
    close_timeout_s: float = 0.0
    client_nodelay: bool = True
    server_nodelay: bool = True
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            _of_its_kind(self.name, field.name, getattr(self, field.name), field.default)
        for action, allowed in _CARRIES.items():
            _one_of(self.name, action, getattr(self, action), allowed)
        _one_of(self.name, "recovery", self.recovery, RECOVERIES)
        _one_of(self.name, "dedup", self.dedup, ("id", "counter"))
        _one_of(self.name, "qos", self.qos, (0, 1, 2))
        for preset in self.heartbeat.split("+", 1):
            _one_of(self.name, "heartbeat", preset, tuple(HEARTBEATS))
        _one_of(self.name, "pool", self.pool, tuple(POOLS))
        _one_of(self.name, "backoff", self.backoff, tuple(BACKOFFS))
        _one_of(self.name, "mqtt_client", self.mqtt_client, tuple(MQTT_CLIENTS))
        _one_of(self.name, "mqtt_broker", self.mqtt_broker, tuple(MQTT_BROKERS))
        _one_of(self.name, "socketio_transport", self.socketio_transport, TRANSPORTS)
        for claim in self.claims:
            _one_of(self.name, "claims", claim, CLAIMS)
        if not 0.0 <= self.close_timeout_s <= 3600.0:
            raise ValueError(
                f"design {self.name!r}: close_timeout_s = {self.close_timeout_s!r}; "
                "allowed: 0 to 3600 seconds"
            )
        if not 0 <= self.socketio_retries <= MOST_RETRIES:
            raise ValueError(
                f"design {self.name!r}: socketio_retries = {self.socketio_retries!r}; "
                f"allowed: 0 to {MOST_RETRIES}"
            )
        for key in _WAITS:
            if not 0.0 < getattr(self, key) <= 3600.0:
                raise ValueError(
                    f"design {self.name!r}: {key} = {getattr(self, key)!r}; "
                    "allowed: more than 0, at most 3600 seconds"
                )

    @property
    def on_disk(self) -> bool:
        """Whether what a node has accepted outlives its process, readers' queues included."""
        return self.receive == "mqtt" and MQTT_BROKERS[self.mqtt_broker].on_disk

    def build(self, world: World) -> System:
        """The system under test, in `world`, with nobody connected yet."""
        from models.system import System

        return System(world, self)

    def describe(self) -> dict[str, str | dict[str, str]]:
        """What a report says about the design; the channels are under "channels"."""
        row = asdict(self)
        text = {key: _words(row[key]) for key in ("acks", "stored", "recovery", "heartbeat")}
        mqtt = "mqtt" in {row[action] for action in _CARRIES}
        if mqtt:
            text["session"] = "clean" if self.clean_session else "persistent"
            text |= {"qos": str(self.qos), "broker": self.mqtt_broker, "client": self.mqtt_client}
        if pings := self._pings():
            text["pings"] = pings
        if self.acks:
            text["repeats known by"] = self.dedup
        if "http" in {row[action] for action in _CARRIES}:
            text["idempotency key"] = _words(self.idempotent)
        return {
            "summary": self.summary,
            "channels": {action: row[action] for action in _CARRIES},
            **text,
            "back-off": f"{self.backoff} ({BACKOFFS[self.backoff].source})",
            "backplane": "publish and subscribe, at most once",
            "claims": ", ".join(self.claims) or "none",
            "assumptions": "; ".join(self.assumptions) or "none",
            "sources": "; ".join(self.sources) or "none",
        }

    def _pings(self) -> str:
        """Which end pings how often; "" for a design without a connection that stays open."""
        if not {"websocket", "mqtt", "socketio"} & {getattr(self, one) for one in _CARRIES}:
            return ""
        client, _, server = self.heartbeat.partition("+")
        ends = {"client": HEARTBEATS[client].client, "server": HEARTBEATS[server or client].server}
        every = {end: side.ping.interval_s for end, side in ends.items() if side and side.ping}
        if len(set(every.values())) == 1:
            whose = "both ends" if len(every) == 2 else f"the {next(iter(every))}"
            return f"every {next(iter(every.values())):g} s from {whose}"
        said = [f"every {interval_s:g} s from the {end}" for end, interval_s in every.items()]
        return ", ".join(said) or "never"

    def variant(self, name: str, changes: dict[str, Any]) -> Design:
        """This design under another name with some fields changed; they are its summary, too,
        unless it is given one.

        Raises ValueError for a field that does not exist or a value that is not allowed.
        """
        known = [field.name for field in fields(self)]
        for key in changes:
            _one_of(name, "field", key, tuple(known[1:]))
        typed: dict[str, Any] = {key: _frozen(value) for key, value in changes.items()}
        said = ", ".join(f"{key} = {_words(value)}" for key, value in typed.items())
        summary = f"{self.name}, but {said}." if typed else self.summary
        return replace(self, name=name, **{"summary": summary, **typed})


def _frozen(value: object) -> object:
    """A list from a file becomes a tuple."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


# What may stand in a field, by the kind of its default; a switch is no number.
_KINDS: Final[dict[type, tuple[tuple[type, ...], str]]] = {
    bool: ((bool,), "true, false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    tuple: ((tuple,), "a list of texts"),
}


def _of_its_kind(design: str, key: str, value: object, default: object) -> None:
    kinds, allowed = _KINDS.get(type(default), ((str,), "a text"))
    fits = isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)
    if isinstance(value, tuple):
        fits = fits and all(isinstance(one, str) for one in value)
    if not fits:
        raise ValueError(f"design {design!r}: {key} = {value!r}; allowed: {allowed}")


def _one_of(design: str, key: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(str(choice) for choice in allowed)
        raise ValueError(f"design {design!r}: {key} = {value!r}; allowed: {choices}")


def _words(value: object) -> str:
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
