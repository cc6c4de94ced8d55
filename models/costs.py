"""CPU seconds a server spends per operation: measured, with the software that was measured.

Each figure is CPU time of the server process on one 2-vCPU machine over loopback at about 1,000
operations a second (recorded in results/validation/service_times.csv). The cost per message falls
7 to 10 times between 100/s and 4,000/s: a process that stood idle is dearer to wake. So each
operation costs what it does at saturation, plus `wake_share` of the time that the core was idle,
at most `wake_max_s`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds per operation at one node."""

    message_in_s: float  # take one message from a connection
    message_out_s: float  # write one message to one connection
    request_s: float  # one HTTP request on a kept-alive connection, answer included
    open_s: float  # accept a connection and do the protocol's own handshake
    accept_s: float = 0.0  # accept a connection, where no handshake of its own follows
    wake_share: float = 0.03  # aiohttp: 332, 80, 47 us at 100, 1,000, 4,000 a second
    wake_max_s: float = 285e-6
    connection_bytes: int = 7_000  # npm ws 8.23.0, resident memory per idle connection
    reads_first: bool = True  # before due timers, see sim.process: asyncio and mosquitto
    cores_max: float = math.inf  # of its machine, that the program can use

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "cores_max":
                if not value >= 1:
                    raise ValueError(f"cores_max = {value!r}: must be at least 1")
            elif not 0.0 <= value < math.inf:
                raise ValueError(f"{field.name} = {value!r}: must be at least 0, and finite")


# 47.17 us per 1 in + 1 out at 4,000/s; 919.79 us per 1 in + 50 out, less waking, is 13 us a write
# POST on a new connection 246 us, on a kept one 43 us
AIOHTTP: Final = Costs(
    message_in_s=34e-6, message_out_s=13e-6, request_s=43e-6, open_s=261e-6, accept_s=203e-6
)
"""aiohttp 3.14.5 on CPython 3.11: WebSocket and HTTP server."""

# 49.15 us per 1 in + 1 out at 4,000/s, 557 us at 100/s; 421.86 us per 1 in + 50 out
SOCKETIO: Final = Costs(
    message_in_s=43e-6,
    message_out_s=6.5e-6,
    request_s=52e-6,
    open_s=730e-6,
    accept_s=188e-6,  # npm ws 8.23.0: connect, upgrade and close 240 us, less a request
    wake_share=0.05,
    wake_max_s=508e-6,
    connection_bytes=19_000,  # the same server process, with socket.io's own objects
    reads_first=False,  # libuv
)
"""socket.io 4.8.4 on Node.js 20.20."""


def _mosquitto(message_in_s: float, message_out_s: float) -> Costs:
    return Costs(message_in_s, message_out_s, 0.0, open_s=75e-6, wake_share=0.005, wake_max_s=45e-6)


# 79 us at 100/s and 35 us at 1,000/s per publish to 1 subscriber; 516.05 us to 50: 10 us a write
MOSQUITTO_QOS0: Final = _mosquitto(20e-6, 10e-6)
MOSQUITTO_QOS1: Final = _mosquitto(30e-6, 17e-6)
MOSQUITTO_QOS2: Final = _mosquitto(51e-6, 28e-6)
"""mosquitto 2.0.11 by quality of service; 92 to 896 us (QoS 1), 147 to 1,463 us (QoS 2)."""

MOSQUITTO: Final = (MOSQUITTO_QOS0, MOSQUITTO_QOS1, MOSQUITTO_QOS2)


@dataclass(frozen=True, slots=True)
class BrokerCosts:
    """What a broker spends, by quality of service of the messages.

    `assumed`: figures that nobody measured, and from what each was inferred.
    """

    by_qos: tuple[Costs, ...]
    source: str
    assumed: tuple[str, ...] = ()

    def at(self, qos: int) -> Costs:
        """Its costs at that quality; a broker without it has those of the highest it has."""
        return self.by_qos[min(qos, len(self.by_qos) - 1)]

    def changed(self, numbers: Mapping[str, Any]) -> BrokerCosts:
        """The same with numbers of one's own, at every quality. Raises TypeError, ValueError."""
        return replace(self, by_qos=tuple(replace(one, **numbers) for one in self.by_qos))


def _beam(in_us: float, out_us: float, open_us: float, connection_bytes: int) -> Costs:
    """A broker in Erlang, whose figures are of busy machines: waking up is in them."""
    return Costs(
        in_us / 1e6, out_us / 1e6, 0.0, open_us / 1e6,
        wake_share=0.0, wake_max_s=0.0, connection_bytes=connection_bytes,
    )  # fmt: skip


_OPEN: Final = "open_s: as much dearer than mosquitto's as a message is at QoS 1"
_SPLIT: Final = "message_in_s, message_out_s: at QoS 0 and 2 they share a message as at QoS 1"
_BY_EMQX: Final = "message_in_s, message_out_s: QoS 0 and 2 are to QoS 1 as at EMQX"

BROKER_COSTS: Final[Mapping[str, BrokerCosts]] = MappingProxyType(
    {
        # 1 million idle clients in 1 GB; one core of 16, at 37,000 and at 81,000 messages a second
        "mosquitto": BrokerCosts(
            tuple(replace(one, connection_bytes=1_000, cores_max=1.0) for one in MOSQUITTO),
            "mosquitto 2.0.11 measured, by qos; memory and its one core: EMQX's blog, 2023-05,"
            " mosquitto 2.0.15 without persistence on 16 vCPUs",
        ),
        # QoS 1: 20,000 in and out a second take 75.56 % of 4 vCPUs, 250 in and 49,750 out 71.25 %;
        # QoS 0: 30,000 and 30,000 78.13 %; QoS 2: 10,000 and 10,000 69.06 %. 1 million idle
        # clients in 8.7 to 10.8 GB
        "emqx": BrokerCosts(
            tuple(
                _beam(in_us, out_us, 240.0, 9_800)
                for in_us, out_us in ((65.0, 39.2), (94.3, 56.8), (172.4, 103.8))
            ),
            "emqx-docs performance/performance-reference.md, EMQX 5.1.6 on 4 vCPUs, whole machine;"
            " memory: EMQX's blog, 2023-05, EMQX 4.4.16",
            (_OPEN, _SPLIT),
        ),
        # QoS 1: 50,000 in and out a second take 90 % of 16 vCPUs, 80,000 out of next to none in
        # 92 %; it could do no more. 1 million idle clients in 18 to 22 GB
        "vernemq": BrokerCosts(
            tuple(
                _beam(in_us, out_us, 460.0, 20_000)
                for in_us, out_us in ((71.7, 126.8), (104.0, 184.0), (190.1, 336.2))
            ),
            "EMQX's blog, 2023-05, VerneMQ 1.12 on 16 vCPUs, by a maker of another broker",
            (_OPEN, _BY_EMQX),
        ),
        # QoS 1: 18,000 a second in and out on 8 cores, 100 publishers that wait for PUBACK. 1
        # million idle clients in 18.7 GiB, with small TCP buffers
        "rabbitmq": BrokerCosts(
            (_beam(191.0, 115.0, 710.0, 20_000), _beam(277.0, 167.0, 710.0, 20_000)),
            "RabbitMQ's blog, 2023-03-21, RabbitMQ 3.12 on 8 cores",
            (
                _OPEN,
                f"{_BY_EMQX}, which also parts them",
                "message_in_s, message_out_s: the most they can be, all 8 cores busy at that rate",
            ),
        ),
    }
)
"""Brokers with what they spend: CPU of the whole machine, and user space of an idle connection.

Machines were not the same: of figures of one broker beside another's, believe the ratio.
"""

COSTS: Final[Mapping[str, Costs]] = MappingProxyType(
    {
        "aiohttp": AIOHTTP,
        "socket.io": SOCKETIO,
        **{f"mosquitto-qos{qos}": costs for qos, costs in enumerate(MOSQUITTO)},
    }
)
"""The measured programs by name."""

TLS_FULL_S: Final = {"1.2": 570e-6 - 113e-6, "1.3": 739e-6 - 113e-6}
"""Full handshake with ECDSA P-256, uvloop and OpenSSL 3.0, less the bare TCP connect (113 us)."""

TLS_RESUMED_S: Final = {"1.2": 876e-6 - 113e-6, "1.3": 670e-6 - 113e-6}
"""The same, resumed. (TLS 1.2 resumption was dearer there: the client throttled the run.)"""


def tls_cost_s(version: str, resumed: bool) -> float:
    """CPU seconds of the TLS handshake at the server; 0 without TLS."""
    if version == "none":
        return 0.0
    return (TLS_RESUMED_S if resumed else TLS_FULL_S)[version]
