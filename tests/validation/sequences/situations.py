"""What is played: situations as lists of steps, the same for the real software and the machines.

A step is a word and its arguments:

    connect                  the client opens its connection
    publish QOS              MQTT: the client publishes the next message (m1, m2, ...)
    feed QOS                 MQTT: somebody else publishes the next message to the client
    emit ACK                 Socket.IO: the client emits; ACK: with an acknowledgement
    push ACK                 Socket.IO: the server emits
    say / answer             WebSocket: client or server writes a text
    lose END PACKET          the next PACKET that END writes dies with its connection; nothing
                             connects until `open`
    shut / open              the connection is cut and none is possible / is possible again
    mute                     packets vanish from now on, connections stay
    wait END PACKET COUNT    until END has written COUNT of them in all
    take over                another client with the same name connects; the first stays away
    leave / dismiss          the client / the server closes in an orderly way
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

Step = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """Steps under a name; `options` are those of the client and server."""

    name: str
    steps: tuple[Step, ...]
    options: dict[str, Any] = field(default_factory=dict)


def _mqtt() -> tuple[Situation, ...]:
    kept = {"clean": False}
    resumed = [
        Situation(f"{verb} qos {qos}, {packet} lost", _interrupted(verb, qos, end, packet), kept)
        for verb, writer, reader in (("publish", "client", "server"), ("feed", "server", "client"))
        for qos, end, packet in (
            (0, writer, "PUBLISH"),
            (1, writer, "PUBLISH"),
            (1, reader, "PUBACK"),
            (2, writer, "PUBLISH"),
            (2, reader, "PUBREC"),
            (2, writer, "PUBREL"),
            (2, reader, "PUBCOMP"),
        )
    ]
    return (
        Situation("connect clean", (("connect",), ("leave",)), {"clean": True}),
        Situation("resume", (("connect",), ("shut",), ("open",), ("leave",)), kept),
        Situation("clean again", (("connect",), ("shut",), ("open",)), {"clean": True}),
        Situation("publish", (("connect",), *(("publish", qos) for qos in (0, 1, 2))), kept),
        Situation("receive", (("connect",), *(("feed", qos) for qos in (0, 1, 2))), kept),
        *resumed,
        Situation(
            "publish qos 2, PUBCOMP lost, clean",
            _interrupted("publish", 2, "server", "PUBCOMP"),
            {"clean": True},
        ),
        Situation(
            "feed qos 1, PUBACK lost, clean",
            _interrupted("feed", 1, "client", "PUBACK"),
            {"clean": True},
        ),
        Situation(
            "publish qos 2, lost twice",
            (
                *_interrupted("publish", 2, "client", "PUBLISH")[:3],
                ("lose", "client", "PUBREL"),
                ("open",),
                ("open",),
            ),
            kept,
        ),
        Situation(
            "publish more than the window",
            (("connect",), ("shut",), *(("publish", 1) for _ in range(23)), ("open",)),
            kept,
        ),
        Situation(
            "publish while away",
            (("connect",), ("shut",), *(("publish", qos) for qos in (1, 2, 1)), ("open",)),
            kept,
        ),
        Situation(
            "receive while away",
            (("connect",), ("shut",), *(("feed", qos) for qos in (0, 1, 2)), ("open",)),
            kept,
        ),
        Situation(
            "many unfinished",
            (
                ("connect",),
                ("lose", "server", "PUBREC"),
                ("publish", 2),
                *(("publish", qos) for qos in (1, 2)),
                ("open",),
                ("publish", 1),
            ),
            kept,
        ),
        Situation("taken over", (("connect",), ("feed", 1), ("take over",), ("feed", 1)), kept),
        Situation(
            "taken over, clean", (("connect",), ("take over",), ("feed", 1)), {"clean": True}
        ),
        Situation("ping", (("connect",), ("wait", "server", "PINGRESP", 2)), {"keepalive_s": 2}),
        Situation(
            "ping unanswered",
            (("connect",), ("mute",), ("wait", "client", "END", 1), ("open",)),
            {"keepalive_s": 2, "clean": False},
        ),
    )


def _interrupted(verb: str, qos: int, end: str, packet: str) -> tuple[Step, ...]:
    return (("connect",), ("lose", end, packet), (verb, qos), ("open",), (verb, qos))


_WEBSOCKET_ONLY: Final = {"transport": "websocket"}
_POLLING: Final = {"transport": "polling"}
_RECOVERING: Final = {**_WEBSOCKET_ONLY, "recovery": True}
_QUICK_PINGS: Final = {"ping_interval_s": 1.0, "ping_timeout_s": 0.8}


def _socketio() -> tuple[Situation, ...]:
    talk = (("emit", False), ("emit", True), ("push", False), ("push", True))
    away = (("connect",), ("shut",), ("emit", False), ("emit", True), ("push", False), ("open",))
    return (
        Situation("websocket only", (("connect",), *talk, ("leave",)), _WEBSOCKET_ONLY),
        Situation("polling first", (("connect",), *talk, ("leave",)), _POLLING),
        Situation("probe lost", (("connect",), *talk), {**_POLLING, "no_upgrade": True}),
        Situation("server dismisses", (("connect",), ("dismiss",)), _WEBSOCKET_ONLY),
        Situation("emit while away", away, _WEBSOCKET_ONLY),
        Situation("emit while away, polling first", away, _POLLING),
        Situation(
            "event lost",
            (("connect",), ("lose", "client", "EVENT"), ("emit", True), ("open",)),
            _WEBSOCKET_ONLY,
        ),
        Situation(
            "event lost, retries",
            (("connect",), ("lose", "client", "EVENT"), ("emit", False), ("open",)),
            {**_WEBSOCKET_ONLY, "retries": 3, "ack_timeout_s": 5.0},
        ),
        Situation(
            "ack lost, retries",
            (
                ("connect",),
                ("lose", "server", "ACK"),
                ("emit", False),
                ("emit", False),
                ("open",),
            ),
            {**_WEBSOCKET_ONLY, "retries": 3, "ack_timeout_s": 5.0},
        ),
        Situation(
            "acks time out, retries",
            (
                ("connect",),
                ("mute",),
                ("emit", False),
                ("wait", "client", "EVENT", 2),
                ("emit", False),
                ("wait", "client", "EVENT", 3),
            ),
            {**_WEBSOCKET_ONLY, "retries": 1, "ack_timeout_s": 0.8},
        ),
        Situation(
            "recovered",
            (("connect",), ("push", False), ("shut",), ("push", False), ("push", False), ("open",)),
            _RECOVERING,
        ),
        Situation(
            "not recovered without an offset",
            (("connect",), ("shut",), ("push", False), ("open",)),
            _RECOVERING,
        ),
        Situation(
            "push lost, recovered",
            (
                ("connect",),
                ("push", False),
                ("lose", "server", "EVENT"),
                ("push", False),
                ("open",),
            ),
            _RECOVERING,
        ),
        Situation(
            "ping",
            (("connect",), ("wait", "client", "PONG", 2)),
            {**_WEBSOCKET_ONLY, **_QUICK_PINGS},
        ),
        Situation(
            "ping unheard",
            (("connect",), ("mute",), ("wait", "client", "WS CLOSE", 1), ("open",)),
            {**_WEBSOCKET_ONLY, **_QUICK_PINGS},
        ),
    )


def _websocket() -> tuple[Situation, ...]:
    # Not both ends in one situation: their pings would cross as chance has it.
    from_client = {"pings": "client", "ping_interval_s": 1.0, "ping_timeout_s": 0.6}
    from_server = {**from_client, "pings": "server"}
    unanswered = (("connect",), ("mute",))
    return (
        Situation("open, talk, leave", (("connect",), ("say",), ("answer",), ("leave",))),
        Situation("dismissed", (("connect",), ("dismiss",))),
        Situation("client pings", (("connect",), ("wait", "server", "PONG", 2)), from_client),
        Situation("server pings", (("connect",), ("wait", "client", "PONG", 2)), from_server),
        Situation(
            "client's ping unanswered",
            (*unanswered, ("wait", "client", "CLOSE", 1)),
            from_client,
        ),
        Situation(
            "server's ping unanswered",
            (*unanswered, ("wait", "server", "CLOSE", 1)),
            from_server,
        ),
        Situation("cut", (("connect",), ("say",), ("shut",))),
    )


SITUATIONS: Final[dict[str, tuple[Situation, ...]]] = {
    "paho": _mqtt(),
    "mqtt.js": _mqtt(),
    "socket.io": _socketio(),
    "websockets": _websocket(),
}
"""Client software -> what is played with it."""
