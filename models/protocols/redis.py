"""Redis as far as a backplane uses it: publish and subscribe, a stream, and clients that come back.

Plain state and arithmetic; the caller tells the time and draws the luck. Left out: replicas, and
everything that is stored under a key.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from models.protocols.machine import Luck, above

W = TypeVar("W", bound=Hashable)


class PubSub(Generic[W]):
    """Who has subscribed to what, with which database selected.

    There is one name space of channels for the whole server (redis.io/docs, Pub/Sub, "Database &
    Scoping": publishing in database 10 is heard by a subscriber in database 1). The database of a
    subscriber is remembered, as by CLIENT LIST, and decides nothing.
    """

    __slots__ = ("_channels", "_patterns")

    def __init__(self) -> None:
        self._channels: dict[str, dict[W, int]] = {}
        self._patterns: dict[str, dict[W, int]] = {}

    def subscribe(self, who: W, channel: str, database: int = 0) -> None:
        """SUBSCRIBE: hear what is published on a channel, from now on."""
        self._channels.setdefault(channel, {})[who] = database

    def psubscribe(self, who: W, pattern: str, database: int = 0) -> None:
        """PSUBSCRIBE: hear what is published on every channel that a pattern fits."""
        self._patterns.setdefault(pattern, {})[who] = database

    def leave(self, who: W) -> None:
        """The connection has ended: it hears nothing more."""
        for table in (self._channels, self._patterns):
            for heard in table.values():
                heard.pop(who, None)

    def hearing(self, channel: str) -> list[W]:
        """Whom PUBLISH on that channel reaches, in the order in which it is copied to them.

        >>> bus = PubSub()
        >>> bus.subscribe("a", "news", database=0)
        >>> bus.psubscribe("b", "new*", database=1)
        >>> bus.hearing("news"), bus.numsub("news")
        (['a', 'b'], 1)
        """
        found = list(self._channels.get(channel, ()))
        for pattern, heard in self._patterns.items():
            if fnmatchcase(channel, pattern):
                found += heard
        return found

    def numsub(self, channel: str) -> int:
        """PUBSUB NUMSUB: subscribers of the channel itself; those by a pattern do not count."""
        return len(self._channels.get(channel, ()))


HARD_BYTES: Final = 32 << 20
SOFT_BYTES: Final = 8 << 20
SOFT_S: Final = 60.0


class OutputBuffer:
    """What Redis holds for a subscriber that is slower than what it subscribed to.

    `client-output-buffer-limit pubsub 32mb 8mb 60` (redis.conf 7.0.15): the connection is closed
    when more than the hard limit waits, or when more than the soft one has for so long.
    """

    __slots__ = ("_over_s", "waiting_bytes")

    def __init__(self) -> None:
        self.waiting_bytes = 0
        self._over_s: float | None = None  # since when it has been above the soft limit

    def put(self, size_bytes: int, now_s: float) -> bool:
        """One more message waits; True when the subscriber is cut for it."""
        self.waiting_bytes += size_bytes
        if self.waiting_bytes <= SOFT_BYTES:
            self._over_s = None
        elif self._over_s is None:
            self._over_s = now_s
        too_long = self._over_s is not None and now_s - self._over_s > SOFT_S
        return self.waiting_bytes > HARD_BYTES or too_long

    def took(self, size_bytes: int) -> None:
        """The subscriber has read a message."""
        self.waiting_bytes -= size_bytes
        if self.waiting_bytes <= SOFT_BYTES:
            self._over_s = None


@dataclass(frozen=True, slots=True)
class RedisClient:
    """How a client library comes back after its connection has ended.

    It waits `first_s`, twice as long each time and at most `cap_s`, and up to `spread_s` more.
    Commands wait for the connection; after `retries` failed tries in a row those that wait fail,
    never where it is 0. `restores`: whether it subscribes again to what it had subscribed to.
    """

    first_s: float
    cap_s: float
    spread_s: float
    retries: int
    restores: bool = True
    source: str = "own setting"

    def __post_init__(self) -> None:
        above("first_s", self.first_s, 0.0)
        above("cap_s", self.cap_s, 0.0)
        if self.spread_s < 0.0:
            raise ValueError(f"spread_s = {self.spread_s!r}: must be at least 0")
        if self.retries < 0:
            raise ValueError(f"retries = {self.retries!r}: must be at least 0")

    def wait_s(self, attempt: int, luck: Luck) -> float:
        """Seconds before try `attempt`; 0 is the first after a loss."""
        grown_s = min(self.first_s * 2.0 ** min(attempt, 64), self.cap_s)
        return grown_s + self.spread_s * luck()

    def gives_up(self, tries: int) -> bool:
        """Whether commands that wait fail after so many failed tries in a row."""
        return self.retries > 0 and (tries + 1) % (self.retries + 1) == 0


REDIS_CLIENTS: Final[Mapping[str, RedisClient]] = MappingProxyType(
    {
        "ioredis": RedisClient(
            0.05, 5.0, 0.2, 20,
            source="npm ioredis 6.0.0, redis/RedisOptions.js, redis/event_handler.js",
        ),
        "node-redis": RedisClient(
            0.05, 2.0, 0.2, 0, source="npm redis 6.3.1, client/socket.js, client/index.js"
        ),
        "node-redis-one-way": RedisClient(
            0.05, 2.0, 0.2, 0, restores=False,
            source="socketio/socket.io issue 4845: subscriptions were not restored",
        ),
    }
)  # fmt: skip
"""Client libraries by name."""


def published_bytes(pattern: str, channel: str, content_bytes: int) -> int:
    """Bytes of what a subscriber by pattern is sent (RESP: four bulk strings).

    >>> published_bytes("a*", "abc", 10)  # *4 $8 pmessage $2 a* $3 abc $10 and the content
    52
    """
    sizes = (len("pmessage"), len(pattern), len(channel), content_bytes)
    return len("*4\r\n") + sum(len(f"${size}\r\n") + size + len("\r\n") for size in sizes)
