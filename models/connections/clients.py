"""What channels on a persistent connection share: one client a person, that reconnects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from models.connections.reconnecting import ReconnectingClient


class Client(Protocol):
    """A person's client on such a channel."""

    reconnecting: ReconnectingClient

    def submit(self, message: int) -> None:
        """The person does something that this channel carries."""


C = TypeVar("C", bound=Client)


class Clients(Generic[C]):
    """The clients of a channel, made when first needed."""

    def __init__(self, make: Callable[[int], C]) -> None:
        self._make = make
        self.clients: dict[int, C] = {}

    def client(self, person: int) -> C:
        """This person's client."""
        if person not in self.clients:
            self.clients[person] = self._make(person)
        return self.clients[person]

    def join(self, person: int) -> None:
        """The person opens the app."""
        self.client(person).reconnecting.start()

    def leave(self, person: int) -> None:
        """The person closes the app."""
        self.client(person).reconnecting.stop()

    def submit(self, person: int, message: int) -> None:
        """The person does something that this channel carries."""
        self.client(person).submit(message)

    def link_lost(self, person: int) -> None:
        """The person's client is told that there is no link."""
        if person in self.clients:
            self.clients[person].reconnecting.link_lost()

    def link_back(self, person: int) -> None:
        """The person's client is told that there is a link again."""
        if person in self.clients:
            self.clients[person].reconnecting.link_back()

    def move(self, person: int) -> None:
        """The person has a new address."""
        self.client(person).reconnecting.move()
