"""What every chat is made of: links, nodes, and what was delivered."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import simpy

T = TypeVar("T")
Steps = Generator[simpy.Event, Any, None]
"""What a process does, one event after the other."""

PACKET_BYTES: Final = 52 + 22
"""IP and TCP with timestamps, and the record of TLS 1.3 (RFC 8446 section 5.2), around a write."""


@dataclass(slots=True)
class Delivery:
    """A message that a person sees at `time_s`, in seconds."""

    message: int
    person: int
    time_s: float


class Way:
    """One direction of a person's link: one packet after the other, then the delay."""

    __slots__ = ("_env", "_s_per_byte", "_turn", "delay_s")

    def __init__(self, env: simpy.Environment, delay_s: float, rate_bps: float) -> None:
        self._env = env
        self._turn = simpy.Resource(env, 1)
        self._s_per_byte = 8.0 / rate_bps
        self.delay_s = delay_s

    def carry(self, size_bytes: int) -> Steps:
        """Bring so many bytes to the other end."""
        with self._turn.request() as turn:
            yield turn
            yield self._env.timeout((size_bytes + PACKET_BYTES) * self._s_per_byte)
        yield self._env.timeout(self.delay_s)


@dataclass(slots=True)
class Link:
    """A person's link, both directions."""

    up: Way
    down: Way


@dataclass(frozen=True, slots=True)
class Waking:
    """A core that stood idle is dearer: `share` of the idle time in CPU seconds, `most_s` at most.

    As measured with aiohttp 3.14.5 and mosquitto 2.0.11 at 100 to 4,000 operations a second.
    """

    share: float
    most_s: float


AIOHTTP_WAKING: Final = Waking(0.03, 285e-6)
MOSQUITTO_WAKING: Final = Waking(0.005, 45e-6)


class Node:
    """A server: its cores are a resource, and the one that has been free longest is taken."""

    __slots__ = ("_cores", "_env", "_free_s", "_waking")

    def __init__(self, env: simpy.Environment, cores: int, waking: Waking) -> None:
        self._env = env
        self._cores = simpy.Resource(env, cores)
        self._free_s = deque([0.0] * cores)
        self._waking = waking

    def work(self, cost_s: float) -> Steps:
        """Use a core for so many CPU seconds; 0 only waits until one is free."""
        with self._cores.request() as turn:
            yield turn
            free_s = self._free_s.popleft()
            if cost_s:
                idle_s = self._env.now - free_s
                waking_s = min(self._waking.share * idle_s, self._waking.most_s)
                yield self._env.timeout(cost_s + waking_s)
                free_s = self._env.now
            self._free_s.append(free_s)

    def work_off(self, each_s: float, things: Sequence[T], done: Callable[[T], None]) -> Steps:
        """Use a core for `each_s` CPU seconds for one after the other; `done(one)` after each."""
        with self._cores.request() as turn:
            yield turn
            idle_s = self._env.now - self._free_s.popleft()
            waking_s = min(self._waking.share * idle_s, self._waking.most_s)
            for one in things:
                yield self._env.timeout(waking_s + each_s)
                waking_s = 0.0
                done(one)
            self._free_s.append(self._env.now)
