"""What a channel says of itself: its name, who builds it, what it carries and reads, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from models.options import Group
from models.protocols.heartbeat import PingSpec
from models.tables import Mistake

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint, Slot
    from models.options import Options
    from sim.tape import Said


class Channel(Protocol):
    """What the system needs of a channel; the receive channel is the servers' `Receiver` too."""

    endpoint: Endpoint

    def join(self, person: int) -> None:
        """The person opens the app."""

    def leave(self, person: int) -> None:
        """The person closes the app."""

    def submit(self, person: int, message: int) -> None:
        """The person does something that this channel carries."""

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connections."""

    def move(self, person: int) -> None:
        """The person's device has a new address."""

    def pending(self) -> Iterator[tuple[int, int]]:
        """(message, person or EVERYONE) that a client or a session still holds."""


@runtime_checkable
class SendsInRows(Protocol):
    """A channel some of whose sending needs no objects (`models.servers.mailroom`)."""

    def sends(self, actions: Sequence[int]) -> None:
        """It carries these actions."""


Parts = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Settings by group, for each part of an equal footing (`models.footing.PARTS`)."""


def _nothing(groups: Mapping[str, Any]) -> Iterable[Mistake]:
    return ()


def _as_all(ping: PingSpec) -> Parts:
    return {}


def _lacks_nothing(groups: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


def _says_nothing(options: Options) -> bool | None:
    return None


def _no_more(options: Options) -> Mapping[str, str]:
    return {}


class About(Protocol):
    """Words for a payload that is about one message, and what was said between its ends before.

    `upward`: whether the payload goes from a person to a node.
    """

    @property
    def upward(self) -> bool: ...

    def __call__(self, message: int, before: str = "", role: str = "data") -> Said:
        """The words: the message's name behind `before`."""

    def named(self, number: int, message: int) -> None:
        """What goes in this direction calls the message by a number from now on."""

    def message_of(self, number: int, upward: bool) -> int | None:
        """Which message had that number in this direction; None for one never heard of."""

    def inside(self, payload: Any) -> Said:
        """Words for what a payload carries."""


Words = Callable[[Any, About], "Said | None"]
"""Words for a payload; None where another channel has payloads of the type, too, and it is one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of channel, as its module says it in `KIND`.

    build: makes the channel in a system. sends: people can send on it. keeps: what a returning
    receiver can be given ("none", "cursor", "session"); empty where nobody can receive on it. says:
    words for payloads of its own, by type; others are called by the message that they carry.
    title: what sentences call it. acknowledges: whether a sender learns that a message came, None
    where it says nothing of that. reads: the options that it reads, a group or one key of it
    (`http.pool`). groups: option groups of its own, by name; a system has them in `Options.more`.
    refuses: what does not fit together in a design where people receive on it, given its groups of
    options by name; what nobody asked for is then left out. contradicts: the same of its own
    options wherever it is used, and always told. describes: what a report says of its options.
    backplane: how its servers hear of each other unless a design says otherwise. pings: the ends
    that its protocol lets ping.
    takes: by which settings it has parts of an equal footing in its own way, given how ends ping
    there. lacks: which parts it cannot have, or not as others do, and why, given the groups of a
    design that stands on it. in_rows: what it does is what is written in rows
    (`models.calm`), where that is done for it; others are asked event by event.
    """

    name: str
    build: Callable[[Slot], Channel]
    sends: bool = True
    keeps: tuple[str, ...] = ()
    says: Mapping[type, Words] = field(default_factory=dict)
    title: str = ""
    reads: tuple[str, ...] = ()
    groups: Mapping[str, type[Group]] = field(default_factory=dict)
    refuses: Callable[[Mapping[str, Any]], Iterable[Mistake]] = _nothing
    contradicts: Callable[[Mapping[str, Any]], Iterable[Mistake]] = _nothing
    describes: Callable[[Options], Mapping[str, str]] = _no_more
    backplane: str = "broadcast"
    pings: tuple[str, ...] = ("client", "server")
    takes: Callable[[PingSpec], Parts] = _as_all
    lacks: Callable[[Mapping[str, Any]], Mapping[str, str]] = _lacks_nothing
    in_rows: bool = False
    acknowledges: Callable[[Options], bool | None] = _says_nothing
