"""`rare` as it is typed and as it is read."""

import json
from dataclasses import replace

import pytest

import sim
from models import DESIGNS
from sim.commands import rare as command
from sim.commands.rare import lines, often, repeated
from sim.commands.rare_options import Part, RareOptions
from sim.errors import InputError
from sim.experiment.rare.estimates import Rare
from sim.experiment.statistics import Interval

SMALL = ["people.count=100", "time.measure_s=60", "time.warmup_s=10"]
FOUND = Rare(
    design="hybrid",
    scenario="mine",
    metric="lost",
    outages=Interval(1.27e-6, 0.94e-6, 1.64e-6, "t"),
    besides=Interval(0.0, 0.0, 1.57e-5, "none in 190,465 receptions"),
    replications=10,
    made=2400,
    harmful=233,
    expected=30_000.0,
    trials=190_465,
    plain_replications=27_558.5,
    crowding=0.0025,
)


def test_the_answer_is_the_share_its_bound_and_what_was_saved() -> None:
    cost, besides, both, effort, crowding = lines(FOUND)
    assert cost == (
        "hybrid in mine: 1.27 in a million of receptions owed are lost because of outages"
        " (95 %: 0.940 to 1.64 in a million)."
    )
    assert besides == (
        "With no outage to explain it: none of 190,465, so at most 15.7 in a million if each goes"
        " wrong for itself."
    )
    assert both == "In all: 1.27 in a million (95 %: 0.940 to 17.0 in a million)."
    assert effort == (
        "10 replications with 2,400 outages made, 233 of which cost something; plain simulation"
        " would need 27,558 to know as much (0.036 % of them)."
    )
    assert crowding == "With the outages that were made, links are down 0.250 % of the time more."


def test_what_is_not_known_is_said() -> None:
    none = replace(
        FOUND,
        outages=Interval(0.0, None, None, "no outage cost anything"),
        harmful=0,
        plain_replications=None,
        besides=Interval(0.02, None, None, "one replication"),
    )
    first, besides, effort, _ = lines(none)
    assert first == (
        "hybrid in mine: none of 2,400 outages cost anything; at most 0.249 % of them would (95 %)."
    )
    assert besides == "With no outage to explain it: 2.00 %."
    assert effort == "10 replications with 2,400 outages made, 0 of which cost something."
    common = replace(FOUND, plain_replications=4.0, besides=Interval(0.01, 0.005, 0.02, "x"))
    _, besides, _, effort, _ = lines(common)
    assert besides == "With no outage to explain it: 1.00 % (95 %: 0.500 to 2.00 %)."
    assert effort.endswith("4.0 plain ones would say as much: compare is enough here.")
    few = replace(FOUND, outages=Interval(1e-6, None, None, "2 replications cannot bound this"))
    assert "outages (2 replications cannot bound this)" in next(lines(few))


def test_small_shares_are_told_in_a_million() -> None:
    assert often(0.25) == "25.0 %"
    assert often(4e-7, 9.9e-4) == "0.400 to 990 in a million"


def test_the_command_repeats_itself() -> None:
    line = (
        "rtcsim rare commuter-day --designs hybrid --seed 3 --replications 4 --set people.count=9"
    )
    again = "rtcsim rare hybrid commuter-day --metric late --seed 3 --replications 4"
    assert repeated(line, "hybrid", "late") == f"{again} --set people.count=9"


def test_it_prints_lines_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = RareOptions(metric=Part.LATE, replications=3, workers=1, set_=SMALL)
    command.rare("hybrid", "commuter-day", asked, DESIGNS)
    shown = capsys.readouterr().out
    assert "more than a second late because of outages" in " ".join(shown.split())
    assert "Repeat: rtcsim rare hybrid commuter-day --metric late --seed 1" in shown
    command.rare("hybrid", "commuter-day", replace(asked, json=True), DESIGNS)
    told = json.loads(capsys.readouterr().out)
    assert told["metric"] == "late"
    assert told["outages"]["low"] <= told["outages"]["value"] <= told["outages"]["high"]


def test_the_library_says_the_same() -> None:
    small = {"people.count": 100, "time.measure_s": 60, "time.warmup_s": 10}
    found = sim.rare(DESIGNS["hybrid"], "commuter-day", "late", small, 3, workers=1)
    assert found.metric == "late"
    assert found.outages.value > 0.0


@pytest.mark.parametrize(
    ("design", "scenario", "words"),
    [
        ("hybrd", "commuter-day", "^DESIGN: unknown design 'hybrd'; allowed.*mean 'hybrid'"),
        ("hybrid", "lossy-mobile", "none of lossy-mobile has outages of kind 'renewal'"),
    ],
)
def test_what_cannot_be_asked_is_refused(design: str, scenario: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        command.rare(design, scenario, RareOptions(), DESIGNS)
