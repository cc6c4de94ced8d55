"""A reader who is too slow: when it is cut, what is dropped, and what that takes in memory."""

import pytest
from stage import FREE, LINK, Stage

from models import DESIGNS
from models.protocols.websocket import frame_bytes
from sim import load_scenario
from sim.experiment import run
from sim.transport.wire import header_bytes

SIZE_BYTES, EVERY_S, BEGIN_S = 2_000, 0.1, 10.0
FRAME_BYTES = frame_bytes(SIZE_BYTES + 20, masked=False)
WIRE_BYTES = FRAME_BYTES + 2 * header_bytes()  # two packets
COUNT = 400
PLAIN = DESIGNS["full-websocket"]


def slow(share=0.5, lane="fast", base=PLAIN, count=COUNT, **send_buffer):
    """Ten messages a second to a reader whose link takes that share of them."""
    down_bps = 8.0 * WIRE_BYTES * share / EVERY_S
    link = LINK | {"rate": {"kind": "constant", "up_bps": 100e6, "down_bps": down_bps}}
    design = base.variant("mine", {"connection": {"send_buffer": send_buffer or "unbounded"}})
    sends = [(BEGIN_S + EVERY_S * number, 1) for number in range(count)]
    return Stage(
        design, sends, 2, size_bytes=SIZE_BYTES, networks=[link], transport={"lane": lane},
        servers={"gateways": 1, "api_nodes": 0, "cores": 1, **FREE},
    )  # fmt: skip


def cut_s(one):
    return next(gap["cut_s"] for gap in one.gaps() if gap["reason"] == "slow reader")


@pytest.mark.parametrize("lane", ["fast", "exact"])
@pytest.mark.parametrize("share", [0.5, 0.75])
@pytest.mark.parametrize("bound", ["size_bytes", "messages"])
def test_a_buffer_of_b_is_full_after_b_over_what_comes_less_what_goes(bound, share, lane):
    """A reader at half the speed has 50 messages waiting after 50 / (10 - 5) s."""
    limit = 50 * (FRAME_BYTES if bound == "size_bytes" else 1)
    one = slow(share, lane, **{bound: limit}).run(60.0)
    expected_s = BEGIN_S + 50 * EVERY_S / (1.0 - share)
    assert cut_s(one) == pytest.approx(expected_s, abs=3.0 * EVERY_S / (1.0 - share))
    assert one.drops()[0][2] == "queue overflow"  # the one that there was no room for


@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_memory_never_holds_more_than_the_limit(lane):
    one = slow(0.25, lane, size_bytes=100_000, full="drop newest")
    (node,) = one.gateways
    peaks = []
    for second in range(11, 60):
        one.at(second, lambda: peaks.append(node.memory_bytes()))
    one.run(60.0)
    idle_bytes = len(node.connections) * node.connection_bytes
    assert 100_000 - FRAME_BYTES < max(peaks) - idle_bytes <= 100_000 + 12  # a ping on top


@pytest.mark.parametrize("full", ["drop newest", "drop oldest"])
def test_of_what_comes_too_fast_the_reader_gets_its_share(full):
    """Half of 40 s of messages, and the buffer that is emptied afterwards."""
    one = slow(0.5, messages=20, full=full).run(120.0)
    assert one.gaps() == []
    assert len(one.shown(0)) == pytest.approx(COUNT / 2 + 20, abs=4)
    assert len(one.shown(0)) + len(one.drops()) == COUNT
    assert {(person, cause) for _, person, cause in one.drops()} == {(0, "queue overflow")}
    assert one.held() == set()
    newest = one.shown(0)[-20:]
    if full == "drop oldest":
        assert newest[-8:] == list(range(COUNT - 8, COUNT))  # what was last said is there
        assert one.shown(0) == sorted(one.shown(0))
    else:
        assert newest[:-1] != list(range(COUNT - 20, COUNT - 1))


def test_the_oldest_waits_in_the_process_and_dies_with_the_connection():
    one = slow(0.1, messages=50, full="drop oldest", kernel_bytes=5_000)
    (node,) = one.gateways
    one.at(20.0, node.crash)
    one.run(19.0)
    waiting = one.channel("websocket").sessions[0].end.waiting_bytes()
    assert waiting == pytest.approx(50 * FRAME_BYTES, rel=0.05)
    held = len(one.held())
    assert held == pytest.approx(50, abs=2)
    one.run(24.0)
    causes = [cause for _, person, cause in one.drops() if person == 0]
    assert causes.count("half-open") == pytest.approx(50 - 2, abs=3)


def test_a_soft_limit_is_borne_for_so_long():
    one = slow(0.5, soft_bytes=20 * FRAME_BYTES, soft_s=8.0).run(60.0)
    assert cut_s(one) == pytest.approx(BEGIN_S + 20 / 5.0 + 8.0, abs=0.8)


@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_a_log_has_what_a_reader_that_is_cut_has_not_got(lane):
    base = DESIGNS["full-websocket-acked"]
    one = slow(0.5, lane, base, count=200, messages=50).run(200.0)
    assert {gap["reason"] for gap in one.gaps()} == {"slow reader"}
    assert one.shown(0) == list(range(200))
    assert one.drops() == []


@pytest.mark.parametrize("base", ["full-websocket", "mqtt-qos0", "socketio", "sse"])
def test_every_channel_that_stays_open_has_it(base):
    one = slow(0.25, base=DESIGNS[base], messages=10, full="drop newest", count=100).run(100.0)
    assert "queue overflow" in {cause for *_, cause in one.drops()}


BUSY = {
    "people.count": 24, "actions.send.per_person_per_minute": 6.0, "time.measure_s": 60.0,
    "networks": [{"share": 1.0, "profile": "3g", "loss": {"kind": "bernoulli", "ratio": 0.02}}],
}  # fmt: skip


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("full", ["disconnect", "drop newest", "drop oldest"])
@pytest.mark.parametrize("base", ["full-websocket", "mqtt-qos0"])
def test_rows_and_objects_tell_the_same(monkeypatch, base, full, plain):
    build = run.build_world

    def built(scenario, replication):
        world = build(scenario, replication)
        world.plain = plain
        return world

    monkeypatch.setattr(run, "build_world", built)
    limits = {"messages": 2, "full": full, "kernel_bytes": 200}
    design = DESIGNS[base].variant("mine", {"connection": {"send_buffer": limits}})
    scenario = load_scenario(changes=BUSY)
    by_rows, by_objects, usual = (
        run.run_replication(scenario, one, 0, passive=passive)
        for one, passive in ((design, True), (design, False), (DESIGNS[base], True))
    )
    assert by_rows.digest() == by_objects.digest() != usual.digest()
