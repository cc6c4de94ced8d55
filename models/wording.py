"""What travels between machines, in words, for timelines and sequence diagrams.

A payload is called something, is about some messages, and carries them, acknowledges them, or only
keeps things going. Channels have words for payloads of their own (`says` of their `KIND`); what has
nothing special to it is called by its message. Here is what they share: what a message is called,
and which number stood for it, where acknowledgements name a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from models.channels import channels
from models.connections.asking import Reply
from models.connections.http2.end import Frames, Part
from models.connections.proxied import Unserved
from sim.history import LIST, SEEN, SEND, TYPING
from sim.tape import CONTROL, DATA, HANDSHAKE, IDLE, Said
from sim.transport.names import PING, PONG

if TYPE_CHECKING:
    from models.channels.kind import Words

_ACTIONS: Final = {LIST: "list request", SEND: "message", TYPING: "typing", SEEN: "read receipt"}
_CLIENT: Final = "person"
_HANDSHAKE: Final = Said("handshake", (), HANDSHAKE)
_BEGINS: Final = Said("200 OK, and more to come", (), CONTROL)
_PLAIN: Final = {None: "", "FIN": "close (FIN)"}


class Wording:
    """Words for one run; it remembers which message a number stands for."""

    def __init__(self, action: list[int]) -> None:
        self.action = action
        self.numbers: dict[tuple[str, bool, int], int] = {}  # person, sent by it, number
        self._own: dict[type, list[Words]] = {}
        for channel in channels().values():
            for kind, say in channel.says.items():
                self._own.setdefault(kind, []).append(say)

    def said(self, payload: Any, source: str, target: str) -> Said:
        """`payload` on its way from lane `source` to lane `target`."""
        upward = source.startswith(_CLIENT)
        about = _About(self, source if upward else target, upward, (source, target))
        kind = type(payload)
        if kind is int:
            return _HANDSHAKE if _CLIENT in source + target else about(payload)
        if kind in (Frames, Part):
            inside = payload.content if kind is Frames else payload.payload
            return _BEGINS if inside is None else self.said(inside, source, target)
        if kind is Reply and type(payload.body) is Unserved:  # a proxy's, whoever had asked
            return Said(f"{payload.body.status}: no server has answered", (), CONTROL)
        for say in self._own.get(kind, ()):
            if (said := say(payload, about)) is not None:
                return said
        if (message := getattr(payload, "message", None)) is not None:
            return about(message)
        role = IDLE if payload in (PING, PONG) else CONTROL
        return Said(_PLAIN.get(payload, str(payload)), (), role)


@dataclass(frozen=True, slots=True)
class _About:
    """What a channel's words are made with; `lanes`: from where to where."""

    words: Wording
    person: str
    upward: bool
    lanes: tuple[str, str]

    def __call__(self, message: int, before: str = "", role: str = DATA) -> Said:
        name = f"{_ACTIONS[self.words.action[message]]} {message}"
        return Said(f"{before}{name}", (int(message),), role)

    def named(self, number: int, message: int) -> None:
        self.words.numbers[self.person, self.upward, number] = int(message)

    def message_of(self, number: int, upward: bool) -> int | None:
        return self.words.numbers.get((self.person, upward, number))

    def inside(self, payload: Any) -> Said:
        return self.words.said(payload, *self.lanes)
