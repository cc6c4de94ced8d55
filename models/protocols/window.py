"""How much a server remembers for those who come back: of messages to resume from, and of keys.

A window is bounded by number, age and bytes, whichever ends it first. What is too old for it has to
come from somewhere else, or is lost. Not here: where what is remembered lies, and what a client
that is too late is given instead (`models.servers.catching_up`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least


@dataclass(frozen=True, slots=True)
class Window:
    """What is still there of a growing list, newest first.

    `messages`, `age_s`, `size_bytes`: its bounds. `replay_max`: at most so many are replayed to one
    client at once; who needs more is too late.
    """

    source: str
    messages: float = math.inf
    age_s: float = math.inf
    size_bytes: float = math.inf
    replay_max: float = math.inf

    def __post_init__(self) -> None:
        at_least("messages", self.messages, 0.0)
        above("age_s", self.age_s, 0.0)
        at_least("size_bytes", self.size_bytes, 0.0)
        at_least("replay_max", self.replay_max, 0.0)

    @property
    def is_whole(self) -> bool:
        """Whether nothing ever leaves it."""
        return self.messages == self.age_s == self.size_bytes == self.replay_max == math.inf


WINDOWS: Final[Mapping[str, Window]] = MappingProxyType(
    {
        "whole": Window("no bound"),
        "ably": Window("ably/docs pricing/limits.mdx: 2 minutes of messages", age_s=120.0),
        "centrifugo": Window(
            "centrifugal.dev: history_size 100 and history_ttl 300s of its example (off by default)"
            "; configtypes/types.go: at most 300 in a recovery",
            messages=100.0,
            age_s=300.0,
            replay_max=300.0,
        ),
        # "a few minutes" is taken for three
        "discord": Window("discord-api-docs gateway.mdx: resumes for a few minutes", age_s=180.0),
        "mattermost": Window(
            "mattermost 9-11 platform/web_conn.go: ring of the last 128 sent, kept 5 minutes",
            messages=128.0,
            age_s=300.0,
        ),
        "pubnub": Window("pubnub.com/docs limits: a buffer of 100 messages", messages=100.0),
        "redis-streams": Window(
            "npm @socket.io/redis-streams-adapter 0.3.1: maxLen 10 000, about",
            messages=10_000.0,
        ),
        "signalr": Window(
            "aspnetcore HubOptionsSetup.cs: stateful reconnect, buffer of 100 000 bytes",
            size_bytes=100_000.0,
        ),
        "telegram": Window(
            "core.telegram.org/api/updates: differenceTooLong beyond 100 for a user",
            replay_max=100.0,
        ),
        "trello-2011": Window("Trello's delta queue of 100 items", messages=100.0),
        "trello": Window(
            "Trello's delta queue: 1 000 items, a week", messages=1_000.0, age_s=604_800.0
        ),
        "zulip": Window(
            "zulip zerver/tornado/event_queue.py @004e57f: a queue dies 10 minutes after the last"
            " poll",
            age_s=600.0,
        ),
    }
)
"""What servers let a client resume from, by name."""

KEYS: Final[Mapping[str, Window]] = MappingProxyType(
    {
        "whole": Window("no bound"),
        # "the past few minutes" is taken for five
        "discord": Window(
            "discord-api-docs channel.mdx: enforce_nonce, the past few minutes", age_s=300.0
        ),
        "feishu": Window("larkin#86: uuid, one hour", age_s=3600.0),
        "jetstream": Window(
            "nats-io/nats-server @1787eee stream.go: duplicate window of 2 minutes", age_s=120.0
        ),
        "sqs-fifo": Window("Amazon SQS developer guide: 5 minutes", age_s=300.0),
    }
)
"""How long, and how many, idempotency keys are known again, by name."""


def kept(newest_first: Iterable[tuple[float, int]], now_s: float, window: Window) -> int:
    """How many of a list are in the window, of which each has its time in s and its bytes.

    >>> aged = [(9.0, 10), (5.0, 10), (1.0, 10)]
    >>> kept(aged, 10.0, Window("made", age_s=6.0)), kept(aged, 10.0, Window("made", messages=1.0))
    (2, 1)
    """
    count, size_bytes = 0, 0
    for time_s, one_bytes in newest_first:
        size_bytes += one_bytes
        if count >= window.messages or size_bytes > window.size_bytes:
            break
        if time_s < now_s - window.age_s:
            break
        count += 1
    return count
