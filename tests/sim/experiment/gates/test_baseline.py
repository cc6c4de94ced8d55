"""A baseline: what it holds, when it is refused, and that nothing about the machine is in it."""

import json
import os
from pathlib import Path

import pytest
import small

from sim.errors import InputError
from sim.experiment.errors import NotComparable
from sim.experiment.gates import baseline
from sim.guarantees import GUARANTEES
from tests.sim.experiment.gates import made as written
from tests.sim.experiment.gates.made import measure

MEASURES = {"mine": [measure(n, loss_told=[n, 4000], latency_p50=0.1) for n in range(3)]}


def scenario(**changes):
    return small.scenario(**({"replications": 3} | changes))


@pytest.fixture
def kept():
    return baseline.made(scenario(), MEASURES)


def test_it_holds_every_figure_of_every_replication_and_every_verdict(kept):
    design = kept["designs"]["mine"]
    assert design["metrics"]["loss_told"] == [[0, 4000], [1, 4000], [2, 4000]]
    assert design["messages"] == [1000, 1000, 1000]
    assert design["digests"] == [one["digest"] for one in MEASURES["mine"]]
    assert set(design["guarantees"]) == set(GUARANTEES)
    assert design["guarantees"]["fifo"] == {"state": "holds", "checked": 3000, "violations": 0}
    assert kept["format"] == baseline.FORMAT


def test_it_survives_its_file(kept, tmp_path):
    baseline.write(tmp_path / "small.json", kept)
    for place in (tmp_path / "small.json", tmp_path):
        assert baseline.read(place, "small") == kept
    baseline.require_comparable(kept, scenario(), ["mine"])


def test_the_design_under_test_may_change(kept):
    changed = scenario(
        designs=["other"],
        question="Again?",
        footing="shipped",
        replications=5,
        guarantees=[{"guarantee": "fifo"}],
        variants={"mine": {"base": "hybrid"}},
    )
    baseline.require_comparable(kept, changed, ["mine"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 8}, "seed: 7 in the baseline, 8 now"),
        ({"name": "other"}, "name: small in the baseline, other now"),
        ({"people": {"count": 9}}, "people.count: 8 in the baseline, 9 now"),
        (
            {"networks": [{"share": 1.0, "profile": "3g"}]},
            'networks.0.profile: "4g" in the baseline, "3g" now',
        ),
        (
            {"faults": [{"kind": "mass-disconnect", "share": 1.0, "at_s": 20.0}]},
            'faults: null in the baseline, [{"kind": "mass-disconnect"',
        ),
        ({"replications": 1}, "replications: 3 in the baseline, 1 now; 2 at least"),
    ],
)
def test_another_world_or_other_luck_is_refused_with_the_difference(kept, changes, words):
    with pytest.raises(NotComparable) as refused:
        baseline.require_comparable(kept, scenario(**changes), ["mine"])
    (reason,) = refused.value.reasons
    assert reason.startswith(words)


def test_all_differences_come_at_once(kept):
    with pytest.raises(NotComparable) as refused:
        baseline.require_comparable(kept, scenario(seed=8, people={"count": 9}), ["mine", "new"])
    assert len(refused.value.reasons) == 3
    assert refused.value.reasons[-1] == "designs: 'new' is not in the baseline; it has mine"


def test_other_messages_under_the_same_seed_are_refused(kept):
    baseline.require_same_luck(kept, {"mine": MEASURES["mine"][:2]})
    other = {"mine": [measure(0), measure(1, messages=999), measure(2)]}
    with pytest.raises(NotComparable, match="mine: the seed gives other messages; rtcsim"):
        baseline.require_same_luck(kept, other)


def test_input_files_count_by_their_contents_wherever_they_lie(tmp_path):
    def world(folder, text):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "log.csv").write_text(text)
        trace = {"file": str(tmp_path / folder / "log.csv")}
        return baseline.world(scenario(trace=trace))

    head = "time_s,sender,conversation,size_bytes\n"
    here = world("here", head + "0,ann,room,10\n1,bob,room,10\n")
    there = world("there", head + "0,ann,room,10\n1,bob,room,10\n")
    changed = world("there", head + "0,ann,room,11\n1,bob,room,10\n")
    assert here == there != changed
    assert str(tmp_path) not in json.dumps(here)


def test_a_file_that_is_none_is_bad_input(tmp_path):
    (tmp_path / "text.json").write_text("{")
    (tmp_path / "other.json").write_text("{}")
    for name, words in (
        ("missing.json", "cannot be read"),
        ("text.json", "text.json:1: column 2: damaged"),
        ("other.json", "`rtcsim baseline` writes one"),
    ):
        with pytest.raises(InputError, match=words):
            baseline.read(tmp_path / name, "small")
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        baseline.read(tmp_path, "none")
    with pytest.raises(InputError, match="cannot be written"):
        baseline.write(tmp_path / "text.json" / "x.json", {})


def test_another_version_of_the_format_is_refused(kept, tmp_path):
    baseline.write(tmp_path / "small.json", kept | {"format": 1})
    with pytest.raises(NotComparable, match="format 1; this version reads format 2"):
        baseline.read(tmp_path / "small.json", "small")


def refused(tmp_path, text):
    """What is said of a baseline with this text."""
    (tmp_path / "small.json").write_text(text)
    with pytest.raises(InputError) as found:
        baseline.read(tmp_path / "small.json", "small")
    assert all(line.startswith(f"{tmp_path / 'small.json'}:") for line in found.value.messages)
    return [line.removeprefix(f"{tmp_path / 'small.json'}: ") for line in found.value.messages]


def changed(kept, place, value):
    """A copy in which one value is another; without it where that is `...`."""
    copy = json.loads(json.dumps(kept))
    *way, last = place
    inside = copy
    for step in way:
        inside = inside[step]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return json.dumps(copy)


MINE = ("designs", "mine")


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("name",), ..., "name: field required"),
        (("seed",), ..., "seed: field required"),
        (("seed",), "7", "seed: input should be a valid integer"),
        (("seed",), True, "seed: input should be a valid integer"),
        (("world",), [], "world: input should be a"),
        (("designs",), [], "designs: input should be a"),
        (("designs",), {"mine": []}, "designs.mine: input should be an object"),
        (("checksum",), ..., "checksum: field required"),
        (("more",), 1, "more: extra inputs are not permitted"),
        (("format",), None, "format: input should be a valid integer"),
        (
            (*MINE, "guarantees", "fifo", "checked"),
            ...,
            "designs.mine.guarantees.fifo.checked: field required",
        ),
        (
            (*MINE, "guarantees", "fifo", "state"),
            "fine",
            "designs.mine.guarantees.fifo.state: input should be 'holds', 'violated' or 'unknown'",
        ),
        (
            (*MINE, "metrics", "loss_told", 1),
            "0.01",
            'designs.mine.metrics: loss_told: "0.01"; allowed: [hits, trials] or null',
        ),
        ((*MINE, "metrics", "loss_told", 1), 0.01, "designs.mine.metrics: loss_told: 0.01; all"),
        ((*MINE, "metrics", "loss_told", 1), [1, 0], "designs.mine.metrics: loss_told: [1, 0]"),
        ((*MINE, "metrics", "latency_p50", 1), [1, 2], "designs.mine.metrics: latency_p50: [1"),
        ((*MINE, "metrics", "latency_p50", 1), -1, "designs.mine.metrics: latency_p50: -1; a"),
        ((*MINE, "metrics", "latency_p50", 1), {"{": 1}, 'designs.mine.metrics: latency_p50: {"{'),
        ((*MINE, "metrics", "latency_p50"), [], "designs.mine: latency_p50: not 3 replications"),
        ((*MINE, "digests"), [], "designs.mine: digests: not 3 replications, as messages has"),
        ((*MINE, "messages", 0), 999, "checksum: the file was edited since it was made; `rtcsim"),
        ((*MINE, "metrics", "loss_told", 2), [0, 4000], "checksum: the file was edited"),
        (("world", "people", "count"), 9, "checksum: the file was edited since it was made"),
    ],
)
def test_a_damaged_or_edited_baseline_is_refused_by_file_and_key(
    kept, tmp_path, place, value, words
):
    (line,) = refused(tmp_path, changed(kept, place, value))
    assert line.startswith(words)


def test_all_mistakes_come_at_once(kept, tmp_path):
    broken = {key: value for key, value in kept.items() if key not in ("name", "seed")}
    assert len(refused(tmp_path, json.dumps(broken | {"designs": {"a": 1}}))) == 3


@pytest.mark.parametrize("depth", [150, 5_000, 200_000])
def test_deep_nesting_ends(kept, tmp_path, depth):
    deep = json.dumps(kept).replace(
        '"world": {', f'"world": {{"x": {"[" * depth}{"]" * depth}, ', 1
    )
    assert len(refused(tmp_path, deep)) == 1
    assert len(refused(tmp_path, "[" * depth)) == 1


def test_the_layout_of_the_file_is_free(kept, tmp_path):
    (tmp_path / "small.json").write_text(json.dumps(kept, sort_keys=True, separators=(",", ":")))
    assert baseline.read(tmp_path, "small") == kept


def test_reading_is_bounded(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="/dev/zero: cannot be read"):
        baseline.read(Path("/dev/zero"), "small")
    os.mkfifo(tmp_path / "small.json")
    with pytest.raises(InputError, match="cannot be read"):
        baseline.read(tmp_path, "small")
    monkeypatch.setattr(baseline, "LIMIT_BYTES", 100)
    (tmp_path / "long.json").write_text(" " * 101)
    with pytest.raises(InputError, match="longer than 100 bytes"):
        baseline.read(tmp_path / "long.json", "small")


def test_violations_are_kept_as_counts():
    rows = {"mine": [measure(0, verdicts={"fifo": written.violated(4)}), measure(1)]}
    found = baseline.made(scenario(), rows)["designs"]["mine"]["guarantees"]["fifo"]
    assert found == {"state": "violated", "checked": 2000, "violations": 4}
