"""What a check prints, from results written by hand."""

import re
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.commands.options import CheckOptions, RunOptions
from sim.commands.verdicts import show, write
from tests.sim.report.gating.rows import MIXED, case, checked, row


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


TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs",)), st.sampled_from("\n\r\x1b\x85\u2028:#[`<|")
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=TEXT)
@example(text="a\n::error::pwned\n")
@example(text="::stop-commands::x")
@example(text=" ##[error]pwned")
@example(text=f"{'long ' * 15}::error::pwned")
def test_no_line_is_a_command_that_we_did_not_write(capsys, text):
    """Whatever the names and witnesses hold, and wherever a log is cut into lines."""
    broken = case(what=text, cause=text, timeline=((1.0, text),))
    failed = row("fail", case=broken, found=text, title=text, design=text, replay=text)
    found = (checked(failed, file=text, folder=text, repeat=text, notes=(text,), scenario=text),)
    show(found, RunOptions(), CheckOptions(github=True))
    lines = capsys.readouterr().out.splitlines()
    ours = [line for line in lines if line.startswith("::error file=")]
    assert len(ours) == 1
    assert [line for line in lines if re.match(r"\s*::|(?!::).*##\[", line)] == ours


def test_files_are_written_when_asked_for(tmp_path):
    asked = CheckOptions(junit=tmp_path / "j.xml", markdown=tmp_path / "m.md", strict=True)
    assert write(MIXED, CheckOptions()) == write(MIXED, asked) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["j.xml", "m.md"]
    assert 'failures="2"' in (tmp_path / "j.xml").read_text("utf-8")
    assert not Path("j.xml").exists()


def test_one_file_that_cannot_be_written_does_not_keep_back_another(tmp_path):
    asked = CheckOptions(junit=Path("/dev/full"), markdown=tmp_path / "m.md")
    (line,) = write(MIXED, asked)
    assert line == "/dev/full: cannot be written: No space left on device"
    assert (tmp_path / "m.md").is_file()
