"""How many messages a server takes by one connection, and what it does about more.

Whoever sends requests passes a gateway that counts them; whoever writes to a connection that stays
open passes only what the server at its end counts. Leaves out limits in bytes (ejabberd's shaper).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least, one_of

REFUSE: Final = "refuse"
CUT: Final = "cut"
HOLD: Final = "hold"


@dataclass(frozen=True, slots=True)
class MessageLimit:
    """So many messages in each window of seconds, which begins with the first of them.

    `over`: one more is refused, as the channel refuses anything; or it is the end of the
    connection; or nothing more is read of the connection until the window is over.
    """

    source: str
    messages: float = math.inf
    window_s: float = 1.0
    over: str = REFUSE

    def __post_init__(self) -> None:
        at_least("messages", self.messages, 1.0)
        above("window_s", self.window_s, 0.0)
        one_of("over", self.over, (REFUSE, CUT, HOLD))

    @property
    def is_bounded(self) -> bool:
        """Whether there is anything to count."""
        return self.messages < math.inf

    @property
    def holds(self) -> bool:
        """Whether it may keep a server from reading."""
        return self.is_bounded and self.over == HOLD


class Meter:
    """What has come by one connection.

    >>> meter = Meter(MessageLimit("made up", messages=2.0, window_s=10.0))
    >>> [meter.wait_s(now_s) for now_s in (0.0, 1.0, 4.0, 10.0)]
    [0.0, 0.0, 6.0, 0.0]
    """

    __slots__ = ("_came", "_until_s", "limit")

    def __init__(self, limit: MessageLimit) -> None:
        self.limit = limit
        self._came = 0
        self._until_s = -math.inf  # when the window is over

    def wait_s(self, now_s: float) -> float:
        """0 when one more is within the limit, and counted; else seconds until there is room.

        What is early by less than a microsecond is in time.
        """
        if now_s > self._until_s - 1e-6:
            self._came, self._until_s = 0, now_s + self.limit.window_s
        if self._came >= self.limit.messages:
            return self._until_s - now_s
        self._came += 1
        return 0.0


MESSAGE_LIMITS: Final[Mapping[str, MessageLimit]] = MappingProxyType(
    {
        "none": MessageLimit("npm ws 8, npm socket.io 4.8, eclipse-mosquitto 2: any number"),
        "ably": MessageLimit(
            "Ably, Platform limits: 50 a second by a connection; more are rejected (error 42911)",
            messages=50.0,
        ),
        "discord": MessageLimit(
            "Discord, Gateway, Rate Limiting: 120 events in 60 s, then the end (close code 4008)",
            messages=120.0,
            window_s=60.0,
            over=CUT,
        ),
        "emqx": MessageLimit(
            "EMQX 5, Rate Limiter: messages_rate, as in its example (off unless set), then a pause",
            messages=1_000.0,
            over=HOLD,
        ),
    }
)
"""What servers take by one connection, by name."""
