"""Every clause of every target, with a case that it lets pass and one that it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from sim.validation.campaign import Cell, Prediction
from sim.validation.compare import judge
from sim.validation.measured import Measurements

NOTHING = Measurements({})


def cell(kind, *rows):
    return Cell("cell", kind, rows, None, None)


def latency(measured, predicted, loss="0.02", **row):
    """Verdict on one latency quantity; `predicted` is a list of runs."""
    given = {"cell": "x", "packet_loss": loss, "sent": "1000"} | row | measured
    prediction = Prediction(cell("latency", given))
    for run in predicted:
        prediction.latencies_ms.append(np.sort(np.asarray(run, float)))
        prediction.kernel.append({"RetransSegs": 100.0, "TCPFastRetrans": 0.0})
    return {one.quantity: one for one in judge([prediction], NOTHING)}


def spread(scale, runs=4):
    luck = np.random.default_rng(3)
    return [luck.normal(100.0, 1.0, 1000) * (1 + scale * luck.normal()) for _ in range(runs)]


def test_p50_has_three_per_cent_and_no_other_way_out():
    runs = spread(0.5)
    middle = float(np.median(np.concatenate(runs)))
    assert latency({"p50_ms": str(middle * 1.02)}, runs)["p50_ms"].inside is True
    assert latency({"p50_ms": str(middle * 1.05)}, runs)["p50_ms"].inside is False


def test_p90_may_lie_in_the_models_spread():
    tight, wide = spread(0.0), spread(0.2)
    p90 = float(np.quantile(np.concatenate(tight), 0.9))
    assert latency({"p90_ms": str(p90 * 1.05)}, tight)["p90_ms"].why == "within 10%"
    assert latency({"p90_ms": str(p90 * 1.2)}, tight)["p90_ms"].inside is False
    far = 1.2 * float(np.quantile(np.concatenate(wide), 0.9))
    assert latency({"p90_ms": str(far)}, wide)["p90_ms"].why == "in model's spread"


def test_on_a_cliff_only_the_spread_counts():
    cliff = [np.r_[np.full(905, 50.0), np.full(95, 300.0)] for _ in range(3)]
    assert latency({"p90_ms": "50"}, cliff)["p90_ms"].why == "on a cliff, in model's spread"
    assert latency({"p90_ms": "52"}, cliff)["p90_ms"].inside is False


def test_quantiles_without_a_target_are_shown_all_the_same():
    runs = spread(0.0)
    assert latency({"p99_ms": "500"}, runs, loss="0")["p99_ms"].inside is None
    assert latency({"p999_ms": "500"}, runs, loss="0.1")["p999_ms"].inside is None
    assert latency({"p999_ms": "500"}, runs, loss="0.02")["p999_ms"].inside is False


def test_shares_have_ten_per_cent_or_the_binomial_interval():
    runs = [np.r_[np.full(950, 50.0), np.full(50, 300.0)]] * 2
    name = "share_later_than_150ms"
    assert latency({name: "0.052"}, runs)[name].why == "within 10%"
    assert latency({name: "0.06"}, runs)[name].why == "in binomial interval"
    assert latency({name: "0.08"}, runs)[name].inside is False


def test_counters_have_fifteen_per_cent():
    runs = spread(0.0)
    assert latency({"RetransSegs": "90"}, runs)["RetransSegs"].inside is True
    assert latency({"RetransSegs": "80"}, runs)["RetransSegs"].inside is False
    assert latency({"TCPFastRetrans": "0"}, runs)["TCPFastRetrans"].inside is True
    assert latency({"TCPFastRetrans": "1"}, runs)["TCPFastRetrans"].inside is False
    assert "RetransSegs" not in latency({"RetransSegs": "0"}, runs, loss="0")


OUTAGE = {
    "fault": "link", "cell": "ws", "down_s": "40", "up_s": "60", "side": "rx", "outages": "2",
    "rooms": "10", "sent": "2000", "disconnects_receivers": "20",
}  # fmt: skip
RUN = {
    "lost": 800.0,
    "dup_msgs": 0.0,
    "first_arrival_after_p50_s": 2.0,
    "first_new_message_after_p50_s": 2.0,
    "first_arrival_p50_s": 16.5,
}


def outages(measured, runs, found=NOTHING):
    prediction = Prediction(cell("outages", OUTAGE | measured))
    prediction.sides = {"rx": runs}
    return {one.quantity: one for one in judge([prediction], found)}


def test_losses_must_lie_in_the_prediction_interval():
    runs = [RUN | {"lost": lost} for lost in (780.0, 800.0, 820.0)]
    assert outages({"lost": "810"}, runs)["lost_per_outage"].measured == 405
    assert outages({"lost": "810"}, runs)["lost_per_outage"].inside is True
    assert outages({"lost": "1100"}, runs)["lost_per_outage"].inside is False
    assert outages({"dup_msgs": "1"}, runs)["dup_msgs_per_outage"].inside is False


@pytest.mark.parametrize(
    ("measured", "why"),
    [("2.0", "in prediction interval"), ("2.4", "median within 20 %"), ("2.9", "")],
)
def test_who_reconnects_is_back_in_time(measured, why):
    verdict = outages({"first_arrival_after_p50_s": measured}, [RUN, RUN])
    assert verdict["first_arrival_after_p50_s"].why == why


def test_short_returns_have_three_tenths_of_a_second():
    runs = [RUN | {"first_arrival_after_p50_s": 0.4}] * 2
    verdict = outages({"first_arrival_after_p50_s": "0.65"}, runs)
    assert verdict["first_arrival_after_p50_s"].why == "median within 0.3 s"


def test_undisturbed_connections_are_judged_from_the_first_send():
    first = {"cell": "ws", "down_s": "40", "side": "rx", "n": "20", "p50_s": "17.2"}
    found = Measurements({"outage_first_arrival": (first, first | {"side": "tx"})})
    calm = {"disconnects_receivers": "0", "first_arrival_after_p50_s": "9"}
    verdict = outages(calm, [RUN, RUN], found)
    assert list(verdict) == ["first_arrival_p50_s"]
    assert verdict["first_arrival_p50_s"].inside is True
    first["p50_s"] = "18"
    assert outages(calm, [RUN, RUN], found)["first_arrival_p50_s"].inside is False


def test_takeovers_have_three_per_cent_and_storms_come_back_like_others():
    conflict = Prediction(cell("conflict", {"cell": "x", "connects_per_min": "54"}))
    conflict.sides = {"all": [{"takeovers_per_min": 55.0}]}
    assert judge([conflict], NOTHING)[0].inside is True
    conflict.sides = {"all": [{"takeovers_per_min": 56.0}]}
    assert judge([conflict], NOTHING)[0].inside is False
    row = {"N": "1000", "back_p50_s": "0.45", "back_p95_s": "2"}
    storm = Prediction(cell("storm", row))
    storm.sides = {"all": [{"back_p50_s": 0.36, "back_p95_s": 0.6}] * 2}
    assert [one.inside for one in judge([storm], NOTHING)] == [True, False]


def test_a_verdict_knows_its_name_and_its_ratio():
    verdict = latency({"p50_ms": "100"}, spread(0.0))["p50_ms"]
    assert verdict.key == "cell p50_ms"
    assert verdict.ratio == pytest.approx(1.0, abs=0.01)
    assert np.isnan(replace(verdict, measured=0.0).ratio)
