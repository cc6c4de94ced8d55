"""Stored files have the right shape or are said to be damaged, all mistakes at once."""

import json

import pytest

from sim.errors import InputError
from sim.guarantees import Verdict
from sim.report import shapes

MEASURE = {
    "design": "a", "replication": 0, "digest": "x", "drained": True,
    "metrics": {"m": 1.5, "rate": [1, 4], "none": None, "late": "never"},
    "series": {"time_s": [0, 1], "p99": [None, 0.1]},
}  # fmt: skip


KEPT = Verdict(3).plain()


def put(folder, name, value):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(value))


def test_a_measure_of_every_kind_of_figure_is_read(tmp_path):
    put(tmp_path, "a-0.json", MEASURE)
    assert shapes.measures(tmp_path) == {("a", 0): MEASURE}
    assert shapes.measures(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"design": 3}, "design: "),
        ({"replication": "0"}, "replication: "),
        ({"metrics": {"m": "much"}}, r"metrics\.m: .*allowed: a number"),
        ({"metrics": {"m": [1, 2, 3]}}, r"metrics\.m: "),
        ({"metrics": {"m": True}}, r"metrics\.m: "),
        ({"metrics": {"m": 10**400}}, r"metrics\.m: "),
        ({"metrics": {"m": [1, 10**400]}}, r"metrics\.m: "),
        ({"verdicts": {"fifo": 3}}, r"verdicts\.fifo: "),
        ({"verdicts": {"fifo": {"checked": 3}}}, r"verdicts\.fifo\.violations: "),
        ({"verdicts": {"fifo": KEPT | {"checked": "3"}}}, r"verdicts\.fifo\.checked: "),
        ({"verdicts": {"fifo": KEPT | {"witness": 3}}}, r"verdicts\.fifo\.witness: "),
        ({"series": {"p99": "x"}}, r"series\.p99: "),
        ({"incidents": {"outage": {"lost": -1}}}, r"incidents\.outage\.lost: "),
        ({"incidents": {"outage": {"lasted_s": "x"}}}, r"incidents\.outage\.lasted_s: "),
        ({"drained": 1}, "drained: "),
    ],
)
def test_what_has_another_shape_is_named(tmp_path, change, words):
    put(tmp_path, "a-0.json", MEASURE | change)
    with pytest.raises(InputError, match=rf"a-0\.json: damaged: {words}"):
        shapes.measures(tmp_path)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"keyed": "no"}, r"traits\.a\.keyed: "),
        ({"pings_s": {"client": "often"}}, r"traits\.a\.pings_s\.client: "),
    ],
)
def test_traits_are_values(tmp_path, said, words):
    fine = {"designs": {}, "traits": {"a": {"keyed": None, "pings_s": {}, "wings": "two"}}}
    put(tmp_path, "summary.json", fine)
    assert shapes.summary(tmp_path / "summary.json") == fine
    put(tmp_path, "summary.json", {"designs": {}, "traits": {"a": said}})
    with pytest.raises(InputError, match=rf"summary\.json: damaged: {words}"):
        shapes.summary(tmp_path / "summary.json")


def test_all_mistakes_of_a_file_are_told_at_once_but_not_without_end(tmp_path):
    put(tmp_path, "a-0.json", MEASURE | {"drained": 1, "digest": 2})
    with pytest.raises(InputError) as caught:
        shapes.measures(tmp_path)
    assert len(caught.value.messages) == 2
    put(tmp_path, "a-0.json", MEASURE | {"series": {"x": ["y"] * 1000}})
    with pytest.raises(InputError) as caught:
        shapes.measures(tmp_path)
    assert len(caught.value.messages) == shapes.MOST_TOLD


def test_a_replication_is_there_once(tmp_path):
    put(tmp_path, "a-0.json", MEASURE)
    put(tmp_path, "b.json", MEASURE)
    with pytest.raises(InputError, match=r"b\.json: edited: a-0 is there already"):
        shapes.measures(tmp_path)


def test_a_part_that_is_null_is_not_there(tmp_path):
    put(tmp_path, "summary.json", {"designs": {}, "series": None})
    assert shapes.summary(tmp_path / "summary.json") == {"designs": {}, "series": None}


@pytest.mark.parametrize(
    "text", ["designs = 3", "[[faults]]\nat_s = 1", "faults = [3]", "x = " + "[" * 5000, "=", "a"]
)
def test_a_scenario_that_is_none_is_named(tmp_path, text):
    (tmp_path / "scenario.toml").write_text(text)
    with pytest.raises(InputError, match=r"scenario\.toml: damaged"):
        shapes.scenario(tmp_path / "scenario.toml")


def test_what_is_missing_is_empty(tmp_path):
    assert shapes.scenario(tmp_path / "scenario.toml") == ("", {})
    assert shapes.provenance(tmp_path / "provenance.json") == {}
