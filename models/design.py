"""A design is a table: which channel carries each action, and how it recovers.

Beside the five channels stand the mechanisms: acknowledgements, retries, idempotency, session or
cursor, quality of service, heartbeat, back-off. Values are the real software's defaults unless a
design says otherwise; `assumptions` lists what its source leaves open. `build` turns the table into
a system under test; nothing else in this package is specific to one design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from models.fields import CARRIES, Problem, problems, settled
from models.options import (
    Connection,
    Http,
    LongPoll,
    Mqtt,
    Options,
    Routes,
    SocketIo,
    Store,
    WebSocket,
)
from models.protocols.backoff import BACKOFFS
from models.protocols.heartbeat import HEARTBEATS, Heartbeat
from models.protocols.http.pools import POOLS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS
from models.system import System

if TYPE_CHECKING:
    from sim.world import World


class DesignError(ValueError):
    """A table that cannot be: `problems` has every field that is wrong, and what is."""

    def __init__(self, design: str, problems: Sequence[Problem]) -> None:
        super().__init__(design, problems)
        self.design = design
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(f"design {self.design!r}: {message}" for _, message in self.problems)


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
    Raises DesignError for a choice that does not exist or that nothing in the design reads
    (`models.fields`).
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
        if found := problems(_row(self), _DEFAULTS):
            raise DesignError(self.name, found)

    @property
    def on_disk(self) -> bool:
        """Whether what a node has accepted outlives its process, readers' queues included."""
        return self.receive == "mqtt" and MQTT_BROKERS[self.mqtt_broker].on_disk

    def build(self, world: World) -> System:
        """The system under test, in `world`, with nobody connected yet."""

        return System(world, self.routes, self.options)

    @property
    def routes(self) -> Routes:
        """Which channel carries each action."""
        return Routes(self.list, self.send, self.receive, self.typing, self.seen)

    @property
    def options(self) -> Options:
        """What channels and servers are told."""
        return Options(
            self.recovery,
            "cluster" if self.receive == "mqtt" else "broadcast",
            Connection(
                _heartbeat(self.heartbeat), BACKOFFS[self.backoff], self.connect_timeout_s,
                self.close_timeout_s, self.client_nodelay, self.server_nodelay,
            ),
            Http(POOLS[self.pool], self.request_timeout_s, self.retry, self.retry_wait_s),
            WebSocket(self.acks, self.dedup),
            LongPoll(self.hold_s),
            Mqtt(
                self.qos, self.clean_session, MQTT_CLIENTS[self.mqtt_client],
                MQTT_BROKERS[self.mqtt_broker], self.over_websocket,
            ),
            SocketIo(self.socketio_transport, self.socketio_retries, self.socketio_ack_timeout_s),
            Store(self.stored, self.idempotent, self.recovery == "cursor", self.on_disk),
        )  # fmt: skip

    def describe(self) -> dict[str, str | dict[str, str]]:
        """What a report says about the design; the channels are under "channels"."""
        row = asdict(self)
        text = {key: _words(row[key]) for key in ("acks", "stored", "recovery", "heartbeat")}
        mqtt = "mqtt" in {row[action] for action in CARRIES}
        if mqtt:
            text["session"] = "clean" if self.clean_session else "persistent"
            text |= {"qos": str(self.qos), "broker": self.mqtt_broker, "client": self.mqtt_client}
        if pings := self._pings():
            text["pings"] = pings
        if self.acks:
            text["repeats known by"] = self.dedup
        if "http" in {row[action] for action in CARRIES}:
            text["idempotency key"] = _words(self.idempotent)
        return {
            "summary": self.summary,
            "channels": {action: row[action] for action in CARRIES},
            **text,
            "back-off": f"{self.backoff} ({BACKOFFS[self.backoff].source})",
            "backplane": "publish and subscribe, at most once",
            "claims": ", ".join(self.claims) or "none",
            "assumptions": "; ".join(self.assumptions) or "none",
            "sources": "; ".join(self.sources) or "none",
        }

    def _pings(self) -> str:
        """Which end pings how often; "" for a design without a connection that stays open."""
        if not {"websocket", "mqtt", "socketio"} & {getattr(self, one) for one in CARRIES}:
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

        What this design says of channels that the variant has no longer falls back to its default.
        Raises DesignError with every field that does not exist, whose value is not allowed, or that
        nothing in the variant reads.
        """
        before = _row(self)
        known = ", ".join(list(before)[1:])
        unknown = [
            (key, f"field = {key!r}; allowed: {known}")
            for key in changes
            if key == "name" or key not in before
        ]
        given = {key: _frozen(value) for key, value in changes.items() if key in before}
        said = ", ".join(f"{key} = {_words(value)}" for key, value in given.items())
        summary = f"{self.name}, but {said}." if given else self.summary
        row = settled({**before, "summary": summary, **given, "name": name}, _DEFAULTS, given)
        if found := [*unknown, *problems(row, _DEFAULTS)]:
            raise DesignError(name, found)
        return Design(**row)


def _heartbeat(name: str) -> Heartbeat:
    """A preset, or the client's side of one with the server's side of another ("a+b")."""
    ours, _, theirs = name.partition("+")
    client, server = HEARTBEATS[ours], HEARTBEATS[theirs or ours]
    return Heartbeat(client.client, server.server, f"{client.source}; {server.source}")


def _row(design: Design) -> dict[str, Any]:
    return {field.name: getattr(design, field.name) for field in fields(design)}


_DEFAULTS: Final[dict[str, Any]] = {
    field.name: field.default for field in fields(Design) if field.default is not MISSING
}


def _frozen(value: object) -> object:
    """A list from a file becomes a tuple."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _words(value: object) -> str:
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
