"""What a check prints, from results written by hand."""

from pathlib import Path

from sim.commands.options import CheckOptions, RunOptions
from sim.commands.verdicts import show, write
from tests.sim.report.gating.rows import MIXED


def test_the_table_comes_first_then_failures_then_the_ending(capsys):
    show(MIXED, RunOptions(), CheckOptions())
    printed = capsys.readouterr().out
    order = ("mine: 20 replications", "FAIL ", "unknown ", "pass ", "Not checked", "FAIL  mine, hy")
    places = [printed.index(words) for words in order]
    assert places == sorted(places)
    assert "Results: results/runs/mine-0123\nRepeat:  rtcsim check mine.toml --seed 7\n" in printed
    assert "::" not in printed
    assert printed.count("Results:") == 1  # a run that is not stored has no folder


def test_quiet_leaves_what_failed_and_the_ending(capsys):
    show(MIXED, RunOptions(quiet=True), CheckOptions())
    printed = capsys.readouterr().out
    assert printed.startswith("FAIL  mine, hybrid, replication 2, seed 7: fifo\n")
    assert "Results" not in printed


def test_markup_in_texts_is_text(capsys):
    show(MIXED, RunOptions(quiet=True), CheckOptions(github=True))
    printed = capsys.readouterr().out
    assert 'Witness: a <b> & "c" | `d` %0A * _e_' in printed
    assert printed.count("\n::") == 2


def test_files_are_written_when_asked_for(tmp_path):
    write(MIXED, CheckOptions())
    write(MIXED, CheckOptions(junit=tmp_path / "j.xml", markdown=tmp_path / "m.md", strict=True))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["j.xml", "m.md"]
    assert 'failures="2"' in (tmp_path / "j.xml").read_text("utf-8")
    assert not Path("j.xml").exists()
