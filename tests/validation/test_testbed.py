"""The testbed: what can be checked of it without real software, and one real cell where it runs."""

import csv
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from testbed import __main__ as command
from testbed import enclosure, tables
from testbed.clients import Order, payload
from testbed.measure import Cell, Run, missing
from testbed.places import parse_counters
from testbed.tcp_proxy import TcpProxy
from testbed.tun_router import TunRouter

from sim.validation import measured

CELL = Cell("ws", rooms=1, seconds=0.0, fault="link", down_s=10.0, up_s=30.0, faults=2)


def arguments(*words):
    return command.parser().parse_args(["out", *words])


def test_messages_have_the_size_that_was_recorded():
    assert len(payload(3, 17)) == 187
    assert json.loads(payload(3, 17))["number"] == 17


def test_faults_change_sides():
    assert list(CELL.starts_s()) == [("rx", 15.0), ("tx", 55.0)]
    assert (CELL.messages, CELL.drain_s) == (95, 60.0)


def test_cells_of_a_command_line():
    found = command.cells(arguments("--transports", "ws,mqtt1", "--loss", "0,0.02"), loses=True)
    assert [(one.transport, one.loss_ratio, one.fault) for one in found[:3]] == [
        ("ws", 0.0, ""),
        ("ws", 0.02, ""),
        ("ws", 0.0, "link"),
    ]
    lossless = command.cells(arguments("--transports", "ws", "--loss", "0,0.02"), loses=False)
    assert [one.loss_ratio for one in lossless] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--transports", "pigeon"), "pigeon"),
        (("--rooms", "0"), "--rooms 0"),
        (("--faults", "flood"), "flood"),
        (("--seconds", "9999"), "at most"),
    ],
)
def test_wrong_arguments_are_refused(words, names):
    with pytest.raises(ValueError, match=names):
        command.cells(arguments(*words), loses=True)


def test_what_is_missing_is_said(tmp_path):
    assert "--npm" in missing("sio", None) or "node" in missing("sio", None)
    assert missing("ws", None) == ""


def test_counters_of_the_kernel():
    text = "Tcp: RetransSegs InSegs\nTcp: 7 100\nUdp: In\nUdp: 3\nTcpExt: TCPTimeouts\nTcpExt: 2\n"
    assert parse_counters(text) == {"RetransSegs": 7, "InSegs": 100, "TCPTimeouts": 2}


def test_an_order_is_an_argument():
    order = Order("ws", "tx", "h", 1, (0.5,), 1.0, 3, 5.0, "log")
    assert Order(**json.loads(order.text())) == Order("ws", "tx", "h", 1, [0.5], 1.0, 3, 5.0, "log")


def logged(tmp_path, cell, sent, received) -> Run:
    files = (tmp_path / "tx.jsonl", tmp_path / "rx.jsonl")
    for file, lines in zip(files, (sent, received), strict=True):
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Run(cell, *files, 100.0, {"RetransSegs": 4})


def test_the_tables_are_those_that_validate_reads(tmp_path):
    sent = [["sent", 0, n, 100.0 + n] for n in range(95)] + [["refused", 0, 17, 117.1]]
    # The first outage swallows three messages, delays one by 11 s; another comes twice.
    received = [["got", 0, n, 100.05 + n] for n in range(95) if n not in (16, 17, 18, 19)]
    received += [["got", 0, 19, 130.0], ["got", 0, 40, 141.0], ["down", 0, -1, 116.0]]
    latency = Cell("ws", rooms=1, seconds=95.0)
    runs = [logged(tmp_path, CELL, sent, received)]
    (other := tmp_path / "other").mkdir()
    runs.append(logged(other, latency, sent, received))
    (out := tmp_path / "out").mkdir()
    tables.write(runs, out)
    found = measured.read(out)
    rx, tx = found.of("outages")
    assert (rx["side"], rx["sent"], rx["lost"], rx["given_up_local"]) == ("rx", "40", "3", "1")
    assert (rx["dup_msgs"], rx["disconnects_receivers"]) == ("1", "1")
    assert float(rx["first_arrival_after_p50_s"]) == pytest.approx(0.05)
    assert (tx["side"], tx["lost"]) == ("tx", "0")
    (row,) = found.of("latency")
    assert (row["sent"], row["delivered"], row["dup"]) == ("95", "92", "1")
    assert float(row["p50_ms"]) == pytest.approx(50.0)
    assert row["RetransSegs"] == "4"
    assert [one["side"] for one in found.of("outage_first_arrival")] == ["rx", "tx"]
    ((latencies, rooms),) = found.latencies.values()
    assert len(latencies) == len(rooms) == 92


def packet(target: str) -> bytes:
    return b"\x45" + bytes(15) + socket.inet_aton(target) + b"text"


def test_the_router_delays_loses_and_cuts():
    """Socket pairs stand for the devices."""
    near = {name: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for name in ("tx", "sv")}
    devices = {name: pair[0].detach() for name, pair in near.items()}
    tx, sv = near["tx"][1], near["sv"][1]
    for one in (tx, sv):
        one.settimeout(2.0)
    for device in devices.values():
        os.set_blocking(device, False)
    router = TunRouter(devices, {"1.1.1.1": "tx", "2.2.2.2": "sv"}, {"tx": 0.05, "sv": 0.0}, 1)
    router.start()
    try:
        begin_s = time.monotonic()
        tx.send(packet("2.2.2.2"))
        assert sv.recv(100) == packet("2.2.2.2")
        assert time.monotonic() - begin_s >= 0.05
        sv.settimeout(0.3)
        for name, value in (("down", frozenset({"tx"})), ("loss_ratio", 1.0)):
            before = getattr(router, name)
            setattr(router, name, value)
            tx.send(packet("2.2.2.2"))
            with pytest.raises(TimeoutError):
                sv.recv(100)
            setattr(router, name, before)
        tx.send(packet("9.9.9.9"))  # nobody's
        tx.send(packet("2.2.2.2"))
        assert sv.recv(100) == packet("2.2.2.2")
    finally:
        router.stop()
        tx.close()
        sv.close()


def test_the_proxy_holds_back_while_it_is_cut():
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=lambda: server.accept()[0].sendall(b"hello"))
        answering.start()
        proxy = TcpProxy(server.getsockname()[1], 0.05)
        try:
            proxy.cut()
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.3) as client:
                with pytest.raises(TimeoutError):
                    client.recv(5)
                proxy.mend()
                client.settimeout(3.0)
                assert client.recv(5) == b"hello"
            answering.join(3)
        finally:
            proxy.close()


def test_one_real_cell(tmp_path):
    """A WebSocket cell of three seconds, on the best path there is; leaves nothing behind."""
    for name in ("aiohttp", "websockets", "paho"):
        pytest.importorskip(name, reason="needs the extra `validate`")
    if sys.platform != "linux" or enclosure.best_path() == "proxy":
        pytest.skip("no network namespaces here")
    words = ["--transports", "ws", "--loss", "0", "--faults", "none", "--drain", "2"]
    size = ["--rooms", "2", "--seconds", "3"]
    asked = [sys.executable, "-m", "testbed", str(tmp_path / "out"), *words, *size]
    folder = Path(command.__file__).parents[1]
    done = subprocess.run(
        asked, cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "out" / "latency.csv").open() as opened:
        (row,) = csv.DictReader(opened)
    assert (row["sent"], row["delivered"]) == ("6", "6")
    assert float(row["p50_ms"]) >= 50.0
