"""A star router in user space: reads IP packets from TUN devices, loses, delays, writes them.

Loss is drawn per packet and link, in each direction. A packet that enters a link which is down, or
is due to leave into one, vanishes. No limit of rate or queue, no reordering: all packets between
two places take the same time.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import random
import select
import socket
import threading
import time
from collections.abc import Mapping
from typing import Final

_MOST_BYTES: Final = 65_535
_NAP_S: Final = 0.2


class TunRouter(threading.Thread):
    """Set `loss_ratio` and `down` (names of links) at any time."""

    def __init__(
        self,
        devices: Mapping[str, int],
        addresses: Mapping[str, str],
        delays_s: Mapping[str, float],
        seed: int,
    ) -> None:
        """`devices`: name of a link -> descriptor; `addresses`: IPv4 address -> name."""
        super().__init__(daemon=True)
        self.loss_ratio = 0.0
        self.down: frozenset[str] = frozenset()
        self._devices = dict(devices)
        self._names = {device: name for name, device in devices.items()}
        self._routes = {socket.inet_aton(text): name for text, name in addresses.items()}
        self._delays_s = dict(delays_s)
        self._luck = random.Random(seed)
        self._waiting: list[tuple[float, int, str, bytes]] = []
        self._count = 0
        self._stopped = False

    def run(self) -> None:
        """Route until stopped."""
        while not self._stopped:
            rest_s = self._waiting[0][0] - time.monotonic() if self._waiting else _NAP_S
            ready, _, _ = select.select(self._names, [], [], min(max(rest_s, 0.0), _NAP_S))
            for device in ready:
                self._take(device)
            self._give()

    def stop(self) -> None:
        """End the thread and close the devices."""
        self._stopped = True
        self.join()
        for device in self._names:
            os.close(device)

    def _take(self, device: int) -> None:
        source = self._names[device]
        with contextlib.suppress(BlockingIOError):
            while packet := os.read(device, _MOST_BYTES):
                self._route(source, packet, time.monotonic())

    def _route(self, source: str, packet: bytes, now_s: float) -> None:
        target = self._routes.get(packet[16:20]) if packet[0] >> 4 == 4 else None
        if target is None or source in self.down or self._lost(source) or self._lost(target):
            return
        self._count += 1
        due_s = now_s + self._delays_s[source] + self._delays_s[target]
        heapq.heappush(self._waiting, (due_s, self._count, target, packet))

    def _lost(self, link: str) -> bool:
        return self._delays_s[link] > 0.0 and self._luck.random() < self.loss_ratio

    def _give(self) -> None:
        now_s = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now_s:
            _, _, target, packet = heapq.heappop(self._waiting)
            if target not in self.down:
                with contextlib.suppress(BlockingIOError):
                    os.write(self._devices[target], packet)
