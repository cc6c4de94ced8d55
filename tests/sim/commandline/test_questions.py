"""Commands that ask end with an answer, where it is kept, and how to ask again."""

import typer.testing
from typed_commands import FAKE, command

from sim.commandline.questions import commands


def test_a_comparison_ends_with_results_and_the_repeat_command(tmp_path):
    words = ("compare", "--replications", "2", "--workers", "2")
    ended = command(FAKE, *words, cwd=tmp_path, RTCSIM_PLAIN="1")  # nothing to compile
    assert ended.returncode == 0, ended.stderr
    assert [line.split()[0] for line in ended.stderr.splitlines()] == ["about"]  # the estimate
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    assert f"Results: results/runs/{folder.name}" in ended.stdout
    assert "Repeat:  rtcsim compare commuter-day --seed 1 --replications 2\n" in ended.stdout
    assert (folder / "report.html").is_file()


def test_json_is_the_stored_summary(tmp_path):
    ended = command(FAKE, "compare", "--json", "--replications", "2", cwd=tmp_path)
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    assert ended.stdout == (folder / "summary.json").read_text("utf-8")


def test_every_question_takes_a_scenario_and_designs():
    for name in ("compare", "run", "sweep"):
        shown = typer.testing.CliRunner().invoke(commands, [name, "--help"]).output
        assert "[scenario]" in shown, name
        assert "--designs" in shown, name
