"""Everything that has a time moves together."""

import pytest

from models import DESIGNS
from sim.network.spec import NetworkSpec, NoLossSpec
from sim.validation.campaign import cells
from sim.validation.measured import recorded
from sim.validation.shift import BUCKET_S, moment_s, outages_shifted, shifted

FOUND = recorded()


def scenario(name):
    return cells(FOUND, DESIGNS, [name])[0].scenario


def test_senders_and_loss_move():
    before, after = (scenario("latency-ws-loss-0-02"), None)
    after = shifted(before, 0.5)
    assert after.time.warmup_s == before.time.warmup_s + 0.5
    assert after.arrivals.from_s == before.arrivals.from_s + 0.5
    assert after.networks[0].loss.from_s == before.networks[0].loss.from_s + 0.5
    assert after.time.measure_s == before.time.measure_s


def test_outages_and_faults_move():
    before = scenario("link-ws-40s")
    spans = shifted(before, 0.25).networks[1].outages.intervals
    assert [end_s - start_s for start_s, end_s in spans] == pytest.approx([40.0, 40.0])
    assert spans[0][0] == before.networks[1].outages.intervals[0][0] + 0.25
    crashes = shifted(scenario("kill-ws"), 0.25).faults
    assert crashes[0].at_s == scenario("kill-ws").faults[0].at_s + 0.25


def test_what_is_counted_by_moves_likewise():
    (cell,) = cells(FOUND, DESIGNS, ["rst-ws"])
    moved = outages_shifted(cell.outages, 1.0)
    assert [a.start_s - b.start_s for a, b in zip(moved, cell.outages, strict=True)] == [1.0] * 8


def test_each_replication_has_its_own_moment_within_a_bucket():
    one = scenario("rst-ws")
    moments = [moment_s(one, replication) for replication in range(50)]
    assert moments == [moment_s(one, replication) for replication in range(50)]
    assert len(set(moments)) == 50
    assert min(moments) >= 0.0
    assert BUCKET_S / 2 < max(moments) < BUCKET_S


def test_loss_of_a_direction_moves():
    given = {"kind": "per-direction", "up": {"kind": "bernoulli", "ratio": 0.1, "from_s": 2.0}}
    before = scenario("latency-ws-loss-0-02")
    network = NetworkSpec.model_validate({"share": 1.0, "profile": "4g", "loss": given})
    after = shifted(before.model_copy(update={"networks": (network,)}), 0.5).networks[0].loss
    assert (after.up.from_s, after.down) == (2.5, NoLossSpec())
