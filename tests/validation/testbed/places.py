"""A place: a network namespace kept alive by a process that sleeps in it.

It has no name in the file system: when the process tree of the testbed ends, however it ends, the
namespace and its devices are gone. Linux only; see `enclosure` for the privileges.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_CLONE_NEWNET: Final = 0x40000000
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN_NO_PI: Final = 0x0001 | 0x1000
_CONGESTION_CONTROL: Final = "/proc/sys/net/ipv4/tcp_congestion_control"
_WANTED: Final = "cubic"  # the kernel's own default, and what was measured with


def quiet(command: Sequence[str]) -> None:
    """Run a command to its end; raises CalledProcessError with what it said."""
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=10)


class Place:
    """A namespace with the address 10.99.NUMBER.2 on one device."""

    def __init__(self, name: str, number: int) -> None:
        self.device = f"in-{name}"
        self.outer = f"out-{name}"
        self._net = f"10.99.{number}"
        self.address = f"{self._net}.2"
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "7200"])
        self._enter = ["nsenter", "--target", str(self._holder.pid), "--net"]
        self._await_namespace()
        self.run(["ip", "link", "set", "lo", "up"])
        # Not every machine lets a namespace choose; it then has the choice of the whole machine.
        self._output(["sh", "-c", f"echo {_WANTED} > {_CONGESTION_CONTROL}"])
        self.congestion_control = self._output(["cat", _CONGESTION_CONTROL]).strip()

    def _await_namespace(self) -> None:
        mine = Path("/proc/self/ns/net").readlink()
        limit_s = time.monotonic() + 5.0
        while Path(f"/proc/{self._holder.pid}/ns/net").readlink() == mine:
            if time.monotonic() > limit_s or self._holder.poll() is not None:
                raise PermissionError("no network namespace of my own")
            time.sleep(0.01)

    def run(self, command: Sequence[str]) -> None:
        """Run a command there to its end."""
        quiet([*self._enter, *command])

    def start(self, command: Sequence[str], **options: Any) -> subprocess.Popen[str]:
        """Start a program there."""
        return subprocess.Popen([*self._enter, *command], text=True, **options)

    def counters(self) -> dict[str, int]:
        """Counters of the namespace's TCP, by the kernel's names."""
        return parse_counters(self._output(["cat", "/proc/net/snmp", "/proc/net/netstat"]))

    def _output(self, command: Sequence[str]) -> str:
        asked = [*self._enter, *command]
        done = subprocess.run(asked, check=False, capture_output=True, text=True, timeout=10)
        return done.stdout

    def open_tun(self) -> int:
        """Make a TUN device there; returns the descriptor that reads and writes its packets."""
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(self._tun()))
        thread.start()
        thread.join()
        if not found:
            raise PermissionError("no TUN device")
        self._configure(["10.99.0.0/16"])
        return found[0]

    def _tun(self) -> int:
        """Runs in a thread of its own, which alone changes its namespace and then ends."""
        namespace = os.open(f"/proc/{self._holder.pid}/ns/net", os.O_RDONLY)
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            if libc.setns(namespace, _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(namespace)
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        request = struct.pack("16sH22x", self.device.encode(), _IFF_TUN_NO_PI)
        fcntl.ioctl(device, _TUNSETIFF, request)
        return device

    def open_veth(self) -> None:
        """Join the namespace to the caller's by a pair of devices; the caller forwards."""
        peer = ["peer", "name", self.device, "netns", str(self._holder.pid)]
        quiet(["ip", "link", "add", self.outer, "type", "veth", *peer])
        quiet(["ip", "address", "add", f"{self._net}.1/24", "dev", self.outer])
        quiet(["ip", "link", "set", self.outer, "up"])
        self._configure([f"10.99.0.0/16 via {self._net}.1"])

    def _configure(self, routes: Sequence[str]) -> None:
        self.run(["ip", "address", "add", f"{self.address}/24", "dev", self.device])
        self.run(["ip", "link", "set", self.device, "mtu", "1500", "up"])
        for route in routes:
            self.run(["ip", "route", "add", *route.split(), "dev", self.device])

    def close(self) -> None:
        """Let the namespace go."""
        self._holder.kill()
        self._holder.wait()


def parse_counters(text: str) -> dict[str, int]:
    """Tcp and TcpExt of /proc/net/snmp and netstat: pairs of lines, names and then counts."""
    lines = [line.split() for line in text.splitlines()]
    found: dict[str, int] = {}
    for names, counts in zip(lines[::2], lines[1::2], strict=True):
        if names[0] in ("Tcp:", "TcpExt:"):
            found |= dict(zip(names[1:], map(int, counts[1:]), strict=True))
    return found
