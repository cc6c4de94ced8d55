"""Paths are built from names: same person, same luck, whatever else is built."""

import time
from math import exp
from pathlib import Path as FilePath
from typing import Any

import pytest
from scipy.stats import binom

from sim.network.correlated import CorrelatedBernoulli
from sim.network.loss import Bernoulli, GilbertElliott, NoLoss
from sim.network.outages import NO_OUTAGES, Outages
from sim.network.path import Path, build_path
from sim.network.profiles import PROFILES
from sim.network.spec import NetworkSpec
from sim.streams import Streams
from tests.shared_data import shared

HORIZON_S = 600.0

RENEWAL = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 60},
    "down": {"kind": "lognormal", "median_s": 5, "sigma": 1},
}
BURSTS = {
    "kind": "gilbert-elliott",
    "mean_good_s": 10,
    "mean_bad_s": 0.5,
    "loss_good": 0.01,
    "loss_bad": 0.6,
}
GAMMA = {"kind": "gamma", "mean_s": 0.05, "sd_s": 0.01, "floor_s": 0.02}


def network(**changes: Any) -> NetworkSpec:
    return NetworkSpec.model_validate({"share": 1.0, "profile": "cable", **changes})


def build(person: int = 0, streams: Streams | None = None, **changes: Any) -> Path:
    return build_path(network(**changes), streams or Streams(1, 0), person, HORIZON_S)


def test_profile_alone() -> None:
    path, cable = build(), PROFILES["cable"]
    assert path.up.delay.constant
    assert (path.up.delay.mean_s, path.down.delay.mean_s) == (cable.delay_up_s, cable.delay_down_s)
    assert path.up.rate is not None
    assert path.down.rate is not None
    assert (path.up.rate.mean_bps, path.down.rate.mean_bps) == (1e6, 5e6)
    assert isinstance(path.up.loss, NoLoss)
    assert path.up.loss is not path.down.loss
    assert path.outages == NO_OUTAGES
    assert (path.up.free_s, path.down.free_s, path.changes_address) == (0.0, 0.0, False)


@pytest.mark.parametrize(
    ("delay", "mean_s", "floor_s"),
    [
        ({"kind": "constant", "delay_s": 0.1}, 0.1, 0.1),
        ({"kind": "normal", "mean_s": 1.0, "sd_s": 0.01, "floor_s": 0.5}, 1.0, 0.5),
        ({"kind": "lognormal", "median_s": 0.1, "sigma": 1e-6, "floor_s": 0.05}, 0.1, 0.05),
        (GAMMA, 0.05, 0.02),
    ],
)
def test_delay_instead_of_the_profile(delay: dict[str, Any], mean_s: float, floor_s: float) -> None:
    path = build(delay=delay)
    for way in (path.up, path.down):
        assert way.delay.mean_s == pytest.approx(mean_s)
        assert way.delay.floor_s == floor_s
        assert way.delay.draw() == pytest.approx(mean_s, abs=0.1)


def test_measured_delay(tmp_path: FilePath) -> None:
    (tmp_path / "delays").write_text("0.1\n0.3\n")
    path = build(delay={"kind": "empirical", "file": tmp_path / "delays"})
    assert {path.up.delay.draw() for _ in range(50)} == {0.1, 0.3}


def test_loss() -> None:
    path = build(loss={"kind": "bernoulli", "ratio": 0.03})
    assert isinstance(path.up.loss, Bernoulli)
    assert path.down.loss.stationary_loss() == 0.03
    bursty = build(loss=BURSTS)
    assert isinstance(bursty.up.loss, GilbertElliott)
    assert bursty.up.loss.stationary_loss() == pytest.approx((0.5 * 0.6 + 10 * 0.01) / 10.5)


def test_each_direction_has_the_delay_it_was_given() -> None:
    up = {"kind": "constant", "delay_s": 0.15}
    path, cable = build(delay={"kind": "per-direction", "up": up}), PROFILES["cable"]
    assert (path.up.delay.mean_s, path.down.delay.mean_s) == (0.15, cable.delay_down_s)
    down = {"kind": "normal", "mean_s": 0.15, "sd_s": 0.03}
    path = build(delay={"kind": "per-direction", "up": up, "down": down})
    assert (path.up.delay.constant, path.down.delay.constant) == (True, False)


def test_each_direction_has_the_loss_it_was_given() -> None:
    up = {"kind": "bernoulli", "ratio": 0.3, "correlation": 0.5}
    path = build(loss={"kind": "per-direction", "up": up})
    assert isinstance(path.up.loss, CorrelatedBernoulli)
    assert path.up.loss.stationary_loss() == pytest.approx(0.129, abs=0.001)
    assert isinstance(path.down.loss, NoLoss)


def test_the_luck_of_a_direction_is_that_of_the_single_form() -> None:
    one = {"kind": "bernoulli", "ratio": 0.3}
    both = {"kind": "per-direction", "up": one, "down": one}
    assert fingerprint(build(loss=both)) == fingerprint(build(loss=one))


def test_bursts_shared_in_each_direction_are_not_those_of_the_other() -> None:
    shared = {**BURSTS, "shared": True}
    given: dict[str, Any] = {"loss": {"kind": "per-direction", "up": shared, "down": shared}}
    paths = [build(person, **given) for person in (1, 2)]
    up, theirs, down = (
        [way.loss.span_s(at_s) for at_s in range(400)]
        for way in (paths[0].up, paths[1].up, paths[0].down)
    )
    assert (up == theirs, up == down) == (True, False)


def test_one_link_is_shared_by_both_directions_but_packets_have_luck_of_their_own() -> None:
    path = build(1, loss={**BURSTS, "shared": True})
    spans = [[way.loss.span_s(at_s) for at_s in range(400)] for way in (path.up, path.down)]
    assert spans[0] == spans[1]
    *_, up, down = fingerprint(path)
    assert up != down


def test_rate() -> None:
    assert build(rate={"kind": "none"}).up.rate is None
    path = build(rate={"kind": "constant", "up_bps": 2e3, "down_bps": 3e3})
    assert path.up.rate is not None
    assert path.down.rate is not None
    assert (path.up.rate.mean_bps, path.down.rate.mean_bps) == (2e3, 3e3)


def test_listed_outages_are_healed_at_the_horizon() -> None:
    path = build(outages={"kind": "list", "intervals": [[10, 20], [590, 700], [650, 800]]})
    assert path.outages == Outages([(10.0, 20.0), (590.0, HORIZON_S)])


@pytest.mark.parametrize(
    "durations",
    [
        {"kind": "fixed", "duration_s": 50},
        {"kind": "uniform", "low_s": 40, "high_s": 60},
        {"kind": "exponential", "mean_s": 50},
        {"kind": "lognormal", "median_s": 50, "sigma": 0.5},
    ],
)
def test_renewal_outages(durations: dict[str, Any]) -> None:
    outages = build(outages={"kind": "renewal", "up": durations, "down": durations}).outages
    assert 2 <= len(outages) <= 30
    assert outages.ends_s[-1] <= HORIZON_S


@pytest.mark.parametrize("time_s", [0.0, 5.0, 60.0, 599.0])
def test_the_share_of_links_down_is_stationary_from_the_start(time_s: float) -> None:
    count, streams = 4000, Streams(3, 0)
    up_s, down_s = 60.0, 5.0 * exp(0.5)  # means; a lognormal of sigma 1
    paths = (build(person, streams, outages=RENEWAL) for person in range(count))
    are_down = sum(not path.outages.is_up(time_s) for path in paths)
    low, high = binom.interval(1 - 1e-6, count, down_s / (up_s + down_s))
    assert low <= are_down <= high


def test_a_renewal_may_start_with_a_fresh_time_up() -> None:
    fresh = {**RENEWAL, "stationary": False}
    assert all(build(person, outages=fresh).outages.is_up(0.0) for person in range(200))


def test_changes_address() -> None:
    assert build(changes_address=True).changes_address


def fingerprint(path: Path) -> tuple[object, ...]:
    """Everything a path's luck shows in."""
    return (
        path.outages,
        *(tuple(way.delay.draw() for _ in range(20)) for way in (path.up, path.down)),
        *(tuple(way.loss.lost(at / 10, at) for at in range(400)) for way in (path.up, path.down)),
    )


LUCKY: dict[str, Any] = {"delay": GAMMA, "loss": BURSTS, "outages": RENEWAL}


def test_luck_depends_on_the_person_alone() -> None:
    alone = fingerprint(build(7, **LUCKY))
    streams = Streams(1, 0)
    together = {person: build(person, streams, **LUCKY) for person in (9, 7, 3)}
    found = {person: fingerprint(path) for person, path in together.items()}
    assert found[7] == alone
    assert len(set(found.values())) == 3
    assert fingerprint(build(7, Streams(1, 1), **LUCKY)) != alone


def test_directions_have_luck_of_their_own() -> None:
    _, delays_up, delays_down, lost_up, lost_down = fingerprint(build(**LUCKY))
    assert delays_up != delays_down
    assert lost_up != lost_down


def test_one_choice_does_not_shift_the_luck_of_another() -> None:
    """Another loss keeps outages and delays, so a sweep compares like with like."""
    one = fingerprint(build(**LUCKY))
    other = fingerprint(build(**{**LUCKY, "loss": {"kind": "bernoulli", "ratio": 0.1}}))
    assert one[:3] == other[:3]


def write_recording(folder: FilePath) -> FilePath:
    """Ten seconds at 1,000 packets a second, then silence until the minute is over."""
    path = folder / "link"
    path.write_text("".join(f"{at_ms}\n" for at_ms in [*range(10_000), 60_000]))
    return path


def test_recorded_rates_and_outages_stay_in_step(tmp_path: FilePath) -> None:
    """Each person enters the recording elsewhere; a silent link is down, a live one fast."""
    recorded = {"file": write_recording(tmp_path)}
    both: dict[str, Any] = {
        "outages": {"kind": "trace", **recorded},
        "rate": {"kind": "trace", "up": recorded, "down": recorded},
    }
    starts_s = set()
    for person in range(10):
        path = build(person, **both)
        assert path.up.rate is not None
        for start_s, end_s in path.outages:
            assert end_s - start_s < 50.001
            if end_s < HORIZON_S:
                assert path.up.rate.leave_s(start_s + 0.001, 1) == pytest.approx(end_s, abs=1e-3)
                assert path.up.rate.leave_s(end_s + 1.0, 1500) == pytest.approx(end_s + 1.001)
        starts_s.add(path.outages.starts_s[-1])
    assert len(starts_s) == 10


def test_real_recording() -> None:
    recorded = {"file": shared("data/verizon-lte-short.down")}
    path = build(outages={"kind": "trace", **recorded})
    assert len(path.outages) in (4, 5)
    assert path.outages.starts_s[1] - path.outages.starts_s[0] == pytest.approx(140.0)


def test_paths_need_no_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a generator was made")

    monkeypatch.setattr(Streams, "generator", refuse)
    assert build().up.delay.draw() > 0.0
    path = build(delay=GAMMA, loss=BURSTS, outages=RENEWAL)
    assert path.up.delay.draw() > 0.0
    path.up.loss.lost(1.0, 0)


@pytest.mark.parametrize("changes", [{}, LUCKY], ids=["profile alone", "all luck"])
def test_thousands_of_paths_are_cheap(changes: dict[str, Any]) -> None:
    """Nominally 20 and 110 microseconds each; the bound leaves room for a busy machine."""
    given, streams = network(**changes), Streams(1, 0)
    began = time.process_time()
    for person in range(2_000):
        build_path(given, streams, person, HORIZON_S)
    assert time.process_time() - began < 1.5
