"""The network between clients and server: three places in a star, as good as the machine allows.

    tx (all senders) --25 ms--+
                              +--( )--0 ms-- sv (server)
    rx (all receivers) -25 ms-+

`netem`: namespaces joined by veth, the kernel's netem delays and loses. `tun`: namespaces joined by
a router in this process (`tun_router`). `proxy`: one TCP proxy per side on loopback (`tcp_proxy`),
which delays and cuts but cannot lose packets. `open_path` takes the first that works here.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from testbed.places import Place, quiet
from testbed.tcp_proxy import TcpProxy
from testbed.tun_router import TunRouter

DELAYS_S: Final[Mapping[str, float]] = {"tx": 0.025, "rx": 0.025, "sv": 0.0}
PORT: Final = 8123
KINDS: Final = ("netem", "tun", "proxy")


class Path(Protocol):
    """What a measurement asks of the network; `says` tells the reader what it is."""

    loses: bool

    @property
    def says(self) -> str:
        """One line about the network."""

    def start(self, place: str, command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        """Start a program at a place."""

    def server_at(self, place: str) -> tuple[str, int]:
        """Host and port where a client at `place` finds the server, which listens on PORT."""

    def lose(self, ratio: float) -> None:
        """Share of packets lost, independently, in each direction of both clients' links."""

    def cut(self, place: str) -> None:
        """From now on nothing passes the link of `place`, and nobody is told."""

    def mend(self, place: str) -> None:
        """All works again."""

    def counters(self) -> dict[str, int]:
        """The kernel's TCP counters, summed over the places; empty when not ours alone."""

    def close(self) -> None:
        """Take everything down."""


def open_path(kind: str, seed: int) -> Path:
    """The network of this `kind`; needs to run inside `enclosure` unless it is "proxy"."""
    if kind == "netem":
        return NetemPath()
    return TunPath(seed) if kind == "tun" else ProxyPath()


class _Star:
    """What both ways with namespaces share."""

    kind = ""
    loses = True

    def __init__(self) -> None:
        self._places = {name: Place(name, number) for number, name in enumerate(DELAYS_S, 1)}

    @property
    def says(self) -> str:
        return f"{self.kind}; TCP {self._places['sv'].congestion_control}"

    def start(self, place: str, command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        return self._places[place].start(command, **options)

    def server_at(self, place: str) -> tuple[str, int]:
        return self._places["sv"].address, PORT

    def counters(self) -> dict[str, int]:
        total: dict[str, int] = {}
        for place in self._places.values():
            for name, count in place.counters().items():
                total[name] = total.get(name, 0) + count
        return total

    def close(self) -> None:
        for place in self._places.values():
            place.close()


class TunPath(_Star):
    """Three namespaces and a router in user space."""

    kind = "TUN relay: IP packets between namespaces, delayed and lost in user space"

    def __init__(self, seed: int) -> None:
        super().__init__()
        devices = {name: place.open_tun() for name, place in self._places.items()}
        addresses = {place.address: name for name, place in self._places.items()}
        self._router = TunRouter(devices, addresses, DELAYS_S, seed)
        self._router.start()

    def lose(self, ratio: float) -> None:
        self._router.loss_ratio = ratio

    def cut(self, place: str) -> None:
        self._router.down = self._router.down | {place}

    def mend(self, place: str) -> None:
        self._router.down = self._router.down - {place}

    def close(self) -> None:
        self._router.stop()
        super().close()


class NetemPath(_Star):
    """Three namespaces joined to this one by veth; netem at both ends of each clients' link."""

    kind = "netem: the kernel delays and loses IP packets between namespaces"

    def __init__(self) -> None:
        super().__init__()
        self._ratio = 0.0
        self._down: frozenset[str] = frozenset()
        quiet(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"])
        for place in self._places.values():
            place.open_veth()
        for name in DELAYS_S:
            self._shape("add", name)

    def _shape(self, verb: str, name: str) -> None:
        loss = 1.0 if name in self._down else self._ratio if DELAYS_S[name] else 0.0
        netem = ["netem", "delay", f"{1e6 * DELAYS_S[name]:.0f}us", "limit", "100000"]
        netem += ["loss", f"{100 * loss:g}%"] if loss else []
        place = self._places[name]
        quiet(["tc", "qdisc", verb, "dev", place.outer, "root", *netem])
        place.run(["tc", "qdisc", verb, "dev", place.device, "root", *netem])

    def lose(self, ratio: float) -> None:
        self._ratio = ratio
        for name in DELAYS_S:
            self._shape("change", name)

    def cut(self, place: str) -> None:
        self._down |= {place}
        self._shape("change", place)

    def mend(self, place: str) -> None:
        self._down -= {place}
        self._shape("change", place)


class ProxyPath:
    """No namespaces: a TCP proxy on loopback for each side."""

    says = (
        "TCP proxy on loopback: delays and cuts only. No packet is ever lost and TCP never backs "
        "off, so latency under loss and times after outages are not those of a network"
    )
    loses = False

    def __init__(self) -> None:
        self._proxies = {side: TcpProxy(PORT, DELAYS_S[side]) for side in ("tx", "rx")}

    def start(self, place: str, command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(command, text=True, **options)

    def server_at(self, place: str) -> tuple[str, int]:
        return "127.0.0.1", self._proxies[place].port if place in self._proxies else PORT

    def lose(self, ratio: float) -> None:
        if ratio:
            raise ValueError(f"ratio = {ratio!r}: a TCP proxy can lose no packets; must be 0")

    def cut(self, place: str) -> None:
        self._proxies[place].cut()

    def mend(self, place: str) -> None:
        self._proxies[place].mend()

    def counters(self) -> dict[str, int]:
        return {}

    def close(self) -> None:
        for proxy in self._proxies.values():
            proxy.close()
