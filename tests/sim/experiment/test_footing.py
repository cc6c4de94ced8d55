"""Who runs on which footing, and that equal timers take away what timers make."""

import json
import shutil
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import fake_experiment
import pytest

import models
import sim
from sim.errors import InputError
from sim.experiment import footing
from sim.experiment.errors import Interrupted
from sim.experiment.findings import read_results
from sim.experiment.footing import equal_footing, line_up
from sim.experiment.request import Request, planned
from sim.experiment.runner import run
from sim.scenario.load import change, load

TIMERS = ("heartbeat", "back-off", "dial")
FELT = ("loss_pressed", "late_1s", "stale_per_hour")
# Sixty people in tunnels every minute and a half: seconds a replication, many lost messages.
TUNNELS = {
    "people.count": 60,
    "time.measure_s": 300,
    "networks.0.outages.up.mean_s": 90.0,
    "actions.send.per_person_per_minute": 1.0,
    "actions.typing.per_send": 0,
    "actions.list.per_person_per_minute": 0,
}


@dataclass(frozen=True)
class Fake(fake_experiment.FakeDesign):
    """A design that becomes `system` on equal footing, by so many changes."""

    system: str = "one"
    changes: int = 1
    misses: dict[str, str] = field(default_factory=dict)

    def on_equal_footing(self) -> Any:
        stand = self if not self.changes else replace(self, name=f"{self.name}-equal")
        return SimpleNamespace(
            design=stand, lacks=self.misses, alike=self.system, changed=self.changes
        )

    def variant(self, name, changes):
        return replace(self, name=name)


def scenario(footing="both", designs=("hybrid",)):
    known = models.DESIGNS
    settings = (f"footing='{footing}'", f"designs={list(designs)}", "replications=2")
    return load("commuter-day", known, [change(one) for one in settings])


def names(designs):
    return [one.name for one in designs]


def test_as_shipped_nothing_stands_elsewhere():
    designs = (Fake("a"), Fake("b"))
    assert line_up(scenario("shipped"), designs) == (designs, None)


def test_a_design_alone_stands_as_shipped_unless_equal_footing_is_asked_for():
    designs = (Fake("a"),)
    assert line_up(scenario("both"), designs) == (designs, None)
    compared, study = line_up(scenario("equal"), designs)
    assert names(compared) == ["a-equal"]
    assert study.designs == ()


def test_both_run_what_is_not_the_same_anyway():
    designs = (Fake("a"), Fake("b", system="two", changes=0), Fake("c", system="two", changes=3))
    compared, study = line_up(scenario("both"), designs)
    assert compared == designs
    assert names(study.line_up) == ["a-equal", "b"]
    assert names(study.designs) == ["a-equal"]
    assert study.stands == {"a": "a-equal", "b": "b", "c": "b"}


def test_one_system_has_the_name_of_whoever_changes_least():
    designs = (Fake("a", changes=5), Fake("b", changes=2), Fake("c", changes=4))
    assert names(equal_footing(scenario("equal"), designs).line_up) == ["b-equal"]


def test_no_two_designs_have_one_name():
    designs = (Fake("a"), Fake("a-equal", system="two", changes=0), Fake("a-equal-2", system="x"))
    assert names(equal_footing(scenario(), designs).line_up) == [
        "a-equal-3", "a-equal", "a-equal-2-equal",
    ]  # fmt: skip


def test_designs_that_all_stand_as_shipped_are_compared_once():
    designs = (Fake("a", changes=0), Fake("b", system="two", changes=0, misses={"key": "none"}))
    compared, study = line_up(scenario("both"), designs)
    assert (compared, study.designs, study.beside) == (designs, (), False)
    assert study.part({}, {}) == {
        "footing": {"stands": {"a": "a", "b": "b"}, "lacks": {"b": {"key": "none"}}}
    }


def test_a_design_that_says_nothing_of_its_options_stands_as_shipped_and_it_is_said():
    designs = (fake_experiment.FakeDesign("a"), Fake("b", system="two"))
    _, study = line_up(scenario("both"), designs)
    assert names(study.line_up) == ["a", "b-equal"]
    assert study.told["lacks"]["a"] == footing.OPAQUE


def test_only_a_comparison_stands_on_both_unless_it_is_said():
    asked = Request(designs=("hybrid", "mqtt-qos0"))
    known = models.DESIGNS
    assert planned("compare", "commuter-day", asked, known).study is not None
    for command in ("check", "baseline", "run"):
        plan = planned(command, "commuter-day", asked, known)
        assert (plan.study, plan.scenario.footing) == (None, "shipped")
    plan = planned("compare", "commuter-day", replace(asked, footing="shipped"), known)
    assert plan.study is None
    assert "--footing shipped" in plan.command


def test_a_footing_that_does_not_exist_is_refused():
    asked = Request(footing="even", typed=True)
    with pytest.raises(
        InputError, match=r"--footing: .even. is not allowed; allowed: 'both', 'equal'"
    ):
        planned("compare", "commuter-day", asked, models.DESIGNS)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    how = {"replications": 8, "workers": 1, "out": tmp_path_factory.mktemp("tunnels")}
    mqtt = models.DESIGNS["mqtt-qos0"].on_equal_footing(TIMERS).design.variant("mqtt-timers", {})
    designs = ["full-websocket", "mqtt-qos0", mqtt]
    return sim.compare("commuter-day", designs, TUNNELS, **how)


def pair(found, metric, a, b):
    return found.comparisons.loc[metric, a, b]


@pytest.mark.parametrize("metric", FELT)
def test_with_equal_timers_a_websocket_and_mqtt_are_felt_alike(found, metric):
    row = pair(found, metric, "full-websocket", "mqtt-timers")
    assert row.low <= 0.0 <= row.high
    assert row.verdict not in ("better", "worse")


@pytest.mark.parametrize("metric", ["loss_pressed", "stale_per_hour"])
def test_with_their_own_timers_they_are_not(found, metric):
    row = pair(found, metric, "full-websocket", "mqtt-qos0")
    assert row.high < 0.0
    assert row.verdict == "better"
    same = pair(found, metric, "full-websocket", "mqtt-timers")
    assert abs(same.difference) < abs(row.difference) / 5


def test_on_equal_footing_the_difference_is_not_seen_and_it_is_said(found):
    equal = found.equal
    assert equal.designs == ["full-websocket-equal", "mqtt-timers-equal"]
    row = equal.comparisons.loc["loss_pressed", equal.designs[0], equal.designs[1]]
    assert row.verdict not in ("better", "worse")
    architecture, defaults = found.answer.splitlines()
    assert architecture.startswith("Architecture alone: ")
    assert defaults.startswith("With the defaults: lost 2.")
    assert max(len(architecture), len(defaults)) <= 80
    # Neither loses anything there, but so few runs leave room for more than the margin: not gone.
    assert row.reason.startswith("no case in 8 replications of either")
    assert "open (lost, full-websocket against mqtt-qos0)" in found.summary["footing"]["changed"]
    assert "QoS 1 repeats" in found.summary["footing"]["lacks"]["mqtt-timers-equal"]["key"]


def test_both_comparisons_are_held_against_the_stored_replications(found):
    again = read_results(found.folder)
    assert again.unchecked == ""
    assert again.equal.table().index.tolist() == found.equal.designs
    stored = {row for row, _ in found.replications.index}
    assert stored == {*found.designs, *found.equal.designs}


def test_all_that_stood_on_either_footing_met_the_same_luck(found):
    for one in (found, found.equal):
        [check] = [one for one in one.summary["checks"] if one["name"] == "same luck"]
        assert check["state"] == "ok"


def test_a_check_that_fails_on_equal_footing_alone_is_shown():
    ok = {"name": "drained", "state": "ok", "detail": "nothing"}
    luck = {"name": "same luck", "state": "ok", "detail": "of all"}
    wrong = ok | {"state": "attention", "detail": "something"}
    shown = footing._checks([ok, luck | {"detail": "of some"}], [wrong, luck], luck)
    assert shown == [wrong | {"detail": "on equal footing: something"}, luck]
    assert footing._checks([wrong], [ok], luck) == [wrong]


def test_the_csv_has_the_designs_of_both(found):
    rows = (found.folder / "summary.csv").read_text().splitlines()
    named = {row.partition(",")[0] for row in rows[1:]}
    assert named == {*found.designs, *found.equal.designs}


def test_an_interrupted_run_goes_on_with_both(tmp_path):
    """Half of the replications are there; the folder in the end is that of a run in one go."""
    asked = Request(
        designs=("full-websocket", "mqtt-qos0"),
        replications=2,
        changes=(change("people.count=8"), change("time.measure_s=20")),
        workers=1,
    )
    plan = planned("compare", "commuter-day", replace(asked, out=tmp_path / "a"), models.DESIGNS)
    assert len(plan.running) == 4

    def stop(finished, total):
        assert total == 8
        if finished == 3:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run(plan, stop)
    assert caught.value.finished == 3
    whole = run(plan)
    assert whole.resumed == 3
    once = run(replace(plan, out=tmp_path / "b"))
    assert whole.summary == once.summary
    assert whole.folder.name == once.folder.name == f"commuter-day-{once.summary['digest'][:12]}"


def test_an_edited_figure_on_equal_footing_is_refused(found, tmp_path):
    copy = tmp_path / found.folder.name
    shutil.copytree(found.folder, copy)
    path = copy / "summary.json"
    said = json.loads(path.read_text())
    said["equal"]["designs"]["full-websocket-equal"]["latency_p50"]["value"] = 0.001
    path.write_text(json.dumps(said))
    with pytest.raises(InputError, match=r"edited: equal.designs.full-websocket-equal.latency_p50"):
        read_results(copy)
