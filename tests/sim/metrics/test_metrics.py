"""The measure of one run as it is stored."""

import json
import math

import numpy as np
from copied import copied, rtcsim

from sim.history import History
from sim.metrics import HEADLINE, METRICS, measure, rounded
from sim.metrics.judged import number
from tests.sim.metrics.histories import arrival, drop, episode, history, message

ROWS = {
    "messages": [message(12.0, sent_s=12.0, told_s=12.2), message(13.0, accepted_s=13.1)],
    "deliveries": [arrival(0, 1, 12.0 + 1 / 3), arrival(0, 2, 12.5), arrival(1, 1, 14.0)],
    "drops": [drop(1, 2)],
    "episodes": [episode(2, 13.5, 14.0, 15.0, 15.5)],
}


def test_a_measure_is_plain_json():
    found = measure(history(**ROWS))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found["metrics"]) == {metric.name for metric in METRICS}
    assert found["metrics"]["loss_pressed"] == [1, 4]
    assert found["metrics"]["latency_p50"] == 0.5
    assert found["design"] == "hand-written"
    assert found["drained"] is True
    assert found["intended"] == history(**ROWS).intended()[:16]


def test_what_never_came_is_stored_as_a_word():
    found = measure(history(messages=[message(12.0, sent_s=12.0)]))["metrics"]
    assert found["latency_p50"] == "never"
    assert math.isinf(number(found["latency_p50"]))


def test_a_measure_carries_what_quantiles_over_several_runs_are_made_of():
    found = measure(history(**ROWS))["samples"]
    assert found["latency"] == {"owed": 4, "values_s": [0.3333, 0.5, 1.0], "counts": [1, 1, 1]}
    assert found["told"] == {"owed": 2, "values_s": [0.2], "counts": [1]}
    assert "typing_latency" not in found


def test_quantiles_have_a_sample_and_nothing_else_has():
    for metric in METRICS:
        assert (metric.kind == "quantile") == (metric.sample is not None)
        assert (metric.kind == "quantile") == (metric.share is not None)


def test_every_figure_has_a_difference_worth_caring_about():
    assert all(one.margin.absolute or one.margin.relative for one in METRICS)


def test_an_empty_run_can_be_measured():
    found = measure(history(sessions=[], members=[]))
    assert found["metrics"]["latency_p50"] is None
    assert found["conservation"]["adds_up"]


def test_a_stored_history_gives_the_same_measure(tmp_path):
    before = history(**ROWS)
    before.write(tmp_path)
    assert measure(History.read(tmp_path)) == measure(before)


def test_headline_metrics_exist_and_have_a_better_side():
    by_name = {metric.name: metric for metric in METRICS}
    assert all(by_name[name].better != "none" for name in HEADLINE)


def test_every_metric_explains_itself():
    assert all(metric.help.endswith(".") and metric.unit for metric in METRICS)


def test_floats_keep_nine_digits():
    assert rounded({"a": [1 / 3, 2]}) == {"a": [0.333333333, 2]}
    assert rounded((np.float64(2 / 3),)) == [0.666666667]


HEARD = '''
"""How many people heard anything at all."""

from typing import Final

import numpy as np

from sim.metrics.judged import Headline, Judged, Metric, Rate, Shown, Value


def heard_nothing(judged: Judged) -> Value:
    """People to whom nothing that they were owed was ever shown."""
    heard = np.unique(judged.arrivals["person"])
    return Rate.of(judged.people - len(heard), judged.people)


METRICS: Final = (
    Metric(
        "heard_nothing",
        "share",
        "lower",
        "rate",
        "People who never heard anything.",
        heard_nothing,
        shown=Shown(
            "heard nothing",
            "people who never heard anything",
            "loss",
            headline=Headline(rank=8, column=8, head="deaf", note="deaf: heard nothing at all"),
        ),
    ),
)
'''


def test_one_file_more_is_one_metric_more(tmp_path):
    folder = copied(tmp_path, "sim/metrics/heard.py", HEARD)
    words = ("people.count=12", "time.measure_s=20", "time.warmup_s=5", "time.drain_s=20")
    changes = [part for word in words for part in ("--set", word)]
    shown = rtcsim(
        folder, "compare", "--designs", "hybrid", "--replications", "2", "--workers", "1",
        "--out", "runs", *changes,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "deaf: heard nothing at all" in " ".join(shown.stdout.split())
    (page,) = folder.glob("runs/*/report.html")
    assert page.read_text("utf-8").count("eard nothing") > 1
    assert "heard_nothing" in rtcsim(folder, "list", "metrics").stdout
