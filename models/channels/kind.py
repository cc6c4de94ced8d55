"""What a system and a design's checks need to know of a kind of channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from models.options import Group

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint, Slot


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """One kind of channel, as its file says it in `CHANNEL`.

    title: what sentences call it. build: makes the channel in a system. carries_up, receives: which
    way it carries. keeps: what a returning receiver can be given. reads: the options that it reads,
    a group or one key of it (`http.pool`). groups: option groups of its own, by name; an instance
    is in `Options.more`. backplane: how its servers hear of each other unless a design says
    otherwise.
    """

    name: str
    title: str
    build: Callable[[Slot], Channel]
    carries_up: bool = True
    receives: bool = True
    keeps: tuple[str, ...] = ("none",)
    reads: tuple[str, ...] = ()
    groups: Mapping[str, type[Group]] = field(default_factory=dict)
    backplane: str = "broadcast"
