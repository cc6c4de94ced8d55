"""Somebody listens where nodes ask each other, and answers nothing."""

from typing import ClassVar, Literal

from sim.faults.base import Hit, Outage, Phrase


class SilentSubscriber(Outage):
    """A subscriber of the channel on which nodes ask each other that never answers.

    A person who looks what goes by (SUBSCRIBE), a server of another environment that knows no such
    request, a node whose death Redis has not noticed: whoever counts answers by subscribers waits
    for it (socketio/socket.io-redis-adapter issue 406).
    """

    kind: Literal["silent-subscriber"]
    mishap: ClassVar[str] = "silent subscribers between nodes"
    silent: ClassVar[bool] = True

    @property
    def hit(self) -> Hit:
        """Between the nodes."""
        return Hit(
            "nobody",
            0,
            Phrase("silent subscriber", "somebody subscribes to the {} and never answers"),
            Phrase("gone", "the silent subscriber leaves the {}"),
        )
