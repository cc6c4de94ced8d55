"""How far a server lets a reader fall behind, and what it does about one who is further.

What a reader has not read lies in the server's memory. Most servers let it; some cut the reader,
some leave messages out. Not here: which connection this is about (`models.connections.backlog`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import above, at_least, one_of

DISCONNECT: Final = "disconnect"
DROP_NEWEST: Final = "drop newest"
DROP_OLDEST: Final = "drop oldest"
_MIB: Final = 2.0**20


@dataclass(frozen=True, slots=True)
class SendBuffer:
    """Bounds of what waits for one reader, and what happens at them.

    `size_bytes`, `messages`: most that may wait, what is under way included; one message may,
    however large. `soft_bytes`, `soft_s`: as much may wait for less than so long. `full`: the
    reader is cut, or a delivery that nobody keeps is left out, the new one or the oldest that is
    not on the wire. `kernel_bytes`: what the kernel takes before messages wait in the process,
    where the oldest can still be dropped.
    """

    source: str
    size_bytes: float = math.inf
    messages: float = math.inf
    full: str = DISCONNECT
    soft_bytes: float = math.inf
    soft_s: float = 60.0
    kernel_bytes: float = 16_384.0  # Linux tcp(7): tcp_wmem, default

    def __post_init__(self) -> None:
        at_least("size_bytes", self.size_bytes, 1.0)
        at_least("messages", self.messages, 1.0)
        one_of("full", self.full, (DISCONNECT, DROP_NEWEST, DROP_OLDEST))
        at_least("soft_bytes", self.soft_bytes, 1.0)
        above("soft_s", self.soft_s, 0.0)
        at_least("kernel_bytes", self.kernel_bytes, 0.0)

    @property
    def is_bounded(self) -> bool:
        """Whether there is anything to look at."""
        return min(self.size_bytes, self.messages, self.soft_bytes) < math.inf


SEND_BUFFERS: Final[Mapping[str, SendBuffer]] = MappingProxyType(
    {
        "unbounded": SendBuffer("npm ws 8, npm engine.io 6.6, PyPI aiohttp 3.14: no limit"),
        "centrifugo": SendBuffer(
            "centrifugo configtypes/types.go: client_queue_max_size 1 MiB", size_bytes=_MIB
        ),
        "emqx": SendBuffer(
            "emqx/emqx emqx_schema.erl: force_shutdown at 1 000 messages or 32 MB",
            size_bytes=32.0 * _MIB,
            messages=1_000.0,
        ),
        "hivemq": SendBuffer(
            "hivemq-community-edition @5d95309: 5 MiB of QoS 0 a client",
            size_bytes=5.0 * _MIB,
            full=DROP_NEWEST,
        ),
        "mattermost": SendBuffer(
            "mattermost platform/web_conn.go: a send queue of 256", messages=256.0
        ),
        "mosquitto": SendBuffer(
            "eclipse-mosquitto @7b8aba1: max_queued_messages 1000",
            messages=1_000.0,
            full=DROP_NEWEST,
        ),
        "nats-server": SendBuffer(
            "nats-io/nats-server @1787eee const.go: 64 MiB pending", size_bytes=64.0 * _MIB
        ),
        "rabbitmq-mqtt": SendBuffer(
            "rabbitmq-website docs/mqtt.md: QoS 0 is dropped beyond 200 messages",
            messages=200.0,
            full=DROP_NEWEST,
        ),
        "redis-pubsub": SendBuffer(
            "redis.conf 7.0.15: client-output-buffer-limit pubsub 32mb 8mb 60",
            size_bytes=32.0 * _MIB,
            soft_bytes=8.0 * _MIB,
        ),
        "vernemq": SendBuffer(
            "vernemq vmq_server.schema: max_online_messages 1000, queue_type fifo",
            messages=1_000.0,
            full=DROP_NEWEST,
        ),
        "uwebsockets": SendBuffer(
            "uNetworking/uWebSockets: maxBackpressure 64 KiB, then messages are skipped",
            size_bytes=65_536.0,
            full=DROP_NEWEST,
        ),
    }
)
"""What servers do about slow readers, by name."""
