"""What several commands take: names that a shell completes."""

from typed_commands import REAL, command

from sim.commandline.app import design_names


def test_a_shell_completes_names_that_are_shipped(tmp_path):
    asked = {"_RTCSIM_COMPLETE": "complete_bash", "COMP_CWORD": "2"}
    ended = command(REAL, cwd=tmp_path, COMP_WORDS="rtcsim compare comm", **asked)
    assert "commuter-day" in ended.stdout.split()


def test_designs_are_completed():
    assert design_names("hybrid-c") == ["hybrid-cursor"]
