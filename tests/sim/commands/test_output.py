"""What a finished run prints."""

import json
from pathlib import Path

import pytest
from fake_experiment import DESIGNS, FakeHistory, measure

from sim.commands import output, running
from sim.commands.options import RunOptions
from sim.experiment.runner import Outcome
from sim.experiment.summary import summarise

FOLDER = Path("results/runs/commuter-day-123456789abc")


def finished(*names, adds_up=True, resumed=0, messages=10):
    plan = running.make_plan(
        "compare", "commuter-day", RunOptions(designs=",".join(names), replications=3), DESIGNS
    )
    measures = {name: [measure(FakeHistory(name, n, 1)) for n in range(3)] for name in names}
    for one in (one for found in measures.values() for one in found):
        one["conservation"]["messages"] = messages
    if not adds_up:
        measures[names[0]][0]["conservation"].update(adds_up=False, unexplained=2)
    return Outcome(FOLDER, summarise(plan.scenario, plan.designs, measures), resumed), plan


def shown(capsys, view, *names, **changes):
    output.show(*finished(*names, **changes), RunOptions(), view)
    return capsys.readouterr().out


def test_a_comparison_starts_with_the_answer_and_ends_with_what_is_next(capsys):
    lines = shown(capsys, output.comparison, "full-websocket", "hybrid").splitlines()
    assert lines[0].startswith("Equal for all: lost (5.00 %)")
    assert "full-websocket" in "\n".join(lines[1:15])
    assert lines[-1].startswith("Next: ")
    world = "--seed 1 --replications 3"
    assert lines[-1].endswith(f"rtcsim run commuter-day --designs full-websocket {world}")
    assert any(line.startswith(f"Results: {FOLDER}") for line in lines)
    repeat = "Repeat:  rtcsim compare commuter-day --designs full-websocket,hybrid --seed 1"
    assert any(line.startswith(repeat) for line in lines)
    assert any(line.startswith("Adds up: 600 receptions owed = 570 delivered") for line in lines)


def test_the_table_fits_a_terminal(capsys):
    text = shown(capsys, output.comparison, *list(DESIGNS)[:6])
    table = [line for line in text.splitlines() if "websocket" in line and ":" not in line]
    assert table
    assert all(len(line) <= 100 for line in table)


def test_what_differences_come_from_stands_below_the_table(capsys):
    outcome, plan = finished("full-websocket", "hybrid")
    outcome.summary["notes"] = ["hybrid shows [bold]messages[/] twice."]
    output.show(outcome, plan, RunOptions(), output.comparison)
    lines = capsys.readouterr().out.splitlines()
    note = lines.index("• hybrid shows [bold]messages[/] twice.")
    assert note < next(at for at, line in enumerate(lines) if line.startswith("Results:"))


def test_the_best_and_those_that_none_beats_stand_below_each_table(capsys):
    outcome, plan = finished("full-websocket", "hybrid")
    chosen = {"metric": "loss_pressed", "best": "hybrid", "within": 0.0, "margin": 0.01}
    outcome.summary.update(decides=["loss_pressed"], selected=[chosen], unbeaten=["hybrid"])
    outcome.summary["equal"] = {"selected": [chosen | {"best": "equal"}], "unbeaten": []}
    output.show(outcome, plan, RunOptions(), output.comparison)
    lines = capsys.readouterr().out.splitlines()
    equal = lines.index("• Best with 95 %: lost: equal.")
    shipped = lines.index("• Best with 95 %: lost: hybrid.")
    assert equal < shipped < len(lines) - 1
    assert lines[shipped + 1].startswith("• Beaten by no other in lost")


def test_a_run_without_messages_says_so_first(capsys):
    outcome, plan = finished("full-websocket", "hybrid", messages=0)
    output.show(outcome, plan, RunOptions(), output.comparison)
    assert capsys.readouterr().out.startswith("No messages were sent")


def test_one_design_says_what_it_is(capsys):
    assert "hybrid: a design that does nothing" in shown(capsys, output.single, "hybrid")


def test_one_design_shows_every_metric_with_its_interval(capsys):
    text = shown(capsys, output.single, "hybrid")
    assert "median delivery latency" in text
    assert "51" in text
    assert "1.09 – 13.7" in text


def test_one_design_says_what_a_mishap_costs(capsys):
    lines = shown(capsys, output.single, "hybrid").splitlines()
    [tunnel] = [line for line in lines if "dead spot" in line]
    assert tunnel.split()[-6:] == ["7.6", "s", "1", "1", "0.50", "0"]
    assert any(line.split()[-3:] == ["3", "0", "0"] for line in lines if "nothing near" in line)


def test_quiet_is_the_answer_and_the_place(capsys):
    output.show(*finished("hybrid"), RunOptions(quiet=True), output.single)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Lost 5.00 %, 1.09 – 13.7")
    assert [line.split(":")[0] for line in lines[-2:]] == ["Results", "Report"]


def test_json_is_the_summary_and_nothing_else(capsys):
    outcome, plan = finished("hybrid")
    output.show(outcome, plan, RunOptions(json=True), output.single)
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(outcome.summary))


def test_what_was_found_finished_is_said(capsys):
    assert "2 replications were found finished" in shown(
        capsys, output.comparison, "hybrid", resumed=2
    )


def test_books_that_do_not_add_up_are_an_error_after_the_table(capsys):
    with pytest.raises(output.ConservationError, match="2 of 300 receptions owed"):
        output.show(*finished("hybrid", adds_up=False), RunOptions(), output.comparison)
    assert "Results:" in capsys.readouterr().out
