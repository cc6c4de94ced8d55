"""From what was typed to a plan."""

import subprocess
import sys
from pathlib import Path

import pytest
from fake_experiment import DESIGNS

from sim.cli import main
from sim.commands import files, running
from sim.commands.options import RunOptions, StopOptions
from sim.errors import InputError, InputNote
from sim.report.footing import AS_SHIPPED, ON_EQUAL

TRACE = "time_s,sender,conversation,size_bytes\n100.0,ann,room,10\n1300.5,bob,room,20\n"


def plan(**options):
    return running.make_plan("compare", "commuter-day", RunOptions(**options), DESIGNS)


def test_nothing_typed_is_the_scenario_as_shipped():
    made = plan()
    assert [design.name for design in made.designs] == list(made.scenario.designs)
    assert made.command == "rtcsim compare commuter-day --seed 1"


def test_every_option_reaches_the_scenario():
    made = plan(designs=" hybrid, long-poll ", seed=9, replications=2, set_=["people.count=30"])
    assert made.scenario.designs == ("hybrid", "long-poll")
    assert (made.scenario.seed, made.scenario.replications) == (9, 2)
    assert made.scenario.people.count == 30


def test_a_trace_sets_the_time_that_is_measured(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(TRACE)
    assert plan(trace=log).scenario.time.measure_s == 1201
    assert plan(trace=log).scenario.trace.file == log
    with pytest.warns(InputNote, match="1 of 2 messages lie beyond time.measure_s = 600"):
        fixed = plan(trace=log, set_=["time.measure_s=600"])
    assert fixed.scenario.time.measure_s == 600


def test_a_trace_of_more_than_seven_days_is_blamed_itself(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(TRACE.replace("1300.5", "9000000"))
    with pytest.raises(InputError) as caught:
        plan(trace=log)
    (message,) = caught.value.messages
    assert message.startswith(f"--trace {log}: its messages lie 104.2 days apart; allowed: 7 days")
    assert message.endswith("milliseconds?")
    with pytest.warns(InputNote, match="1 of 2 messages lie beyond"):
        assert plan(trace=log, set_=["time.measure_s=60"]).scenario.time.measure_s == 60


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"designs": "hybird"}, "--designs: designs.0: unknown design 'hybird'"),
        ({"designs": ""}, "--designs: [] is not allowed"),
        ({"trace": Path("nowhere.csv")}, "nowhere.csv: No such file"),
        ({"set_": ["people"]}, "--set people: allowed: key=value"),
    ],
)
def test_a_bad_option_is_named(options, words):
    with pytest.raises(InputError) as caught:
        plan(**options)
    assert caught.value.messages[0].startswith(words)


def test_run_takes_one_design():
    with pytest.raises(InputError, match="allowed: one design"):
        running.run("commuter-day", RunOptions(designs="hybrid,long-poll"), StopOptions(), DESIGNS)
    with pytest.raises(InputError, match="rtcsim run --designs hybrid"):
        running.run("hybrid", RunOptions(), StopOptions(), DESIGNS)


@pytest.mark.parametrize(
    ("design", "measure_s", "draws"),
    [("hybrid", 5, False), ("mqtt-qos1", 5, False), ("sse", 60, True)],
)
def test_a_tiny_run_imports_what_it_uses(tmp_path, design, measure_s, draws):
    words = ["run", "--designs", design, "--replications", "1", "--workers", "1", "--quiet"]
    words += ["--set", "people.count=10", "--set", f"time.measure_s={measure_s}"]
    code = f"""
import sys
from sim.cli import main
try:
    main({[*words, "--out", str(tmp_path)]!r})
except SystemExit as ended:
    assert not ended.code
heavy = ("matplotlib", "scipy", "numba", "pandas", "pyarrow", "hypothesis", "distributed")
print([name for name in heavy if name in sys.modules])
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = ended.stdout.splitlines()[-1]
    assert "matplotlib" in imported if draws else imported == "[]"
    assert draws == any(tmp_path.glob("*/plots/*.svg"))


SMALL = ["--set", "people.count=10", "--set", "time.measure_s=30", "--replications", "2"]
PAIR = ["--designs", "full-websocket,mqtt-qos0", "--workers", "1"]


def typed(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["compare", *words, *SMALL, *PAIR, "--out", "out"])
    return ended.value.code, capsys.readouterr()


def test_a_comparison_says_first_what_the_architecture_makes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, told = typed(capsys)
    assert code == 0
    first, second, *rest = told.out.splitlines()
    assert first.startswith("Architecture alone: ")
    assert second.startswith("With the defaults: ")
    text = "\n".join(rest)
    assert text.index(ON_EQUAL) < text.index("mqtt-qos0-equal differs all the same")
    assert text.index("mqtt-qos0-equal differs all the same") < text.index(AS_SHIPPED)
    (folder,) = (tmp_path / "out").iterdir()
    assert len(list((folder / "replications").iterdir())) == 8
    files.report(folder)
    assert ON_EQUAL in (folder / "report.html").read_text()


def test_one_footing_is_one_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _, shipped = typed(capsys, "--footing", "shipped")
    assert "equal footing" not in shipped.out
    _, equal = typed(capsys, "--footing", "equal")
    assert "full-websocket-equal" in equal.out
    assert "mqtt-qos0-equal differs all the same" in equal.out
    assert AS_SHIPPED not in equal.out
    assert "--footing equal" in equal.out


def test_a_footing_that_does_not_exist_is_bad_input(capsys):
    code, told = typed(capsys, "--footing", "even")
    assert code == 2
    assert told.err.startswith('--footing: "even" is not allowed; allowed: ')
    assert len(told.err.splitlines()) == 1
