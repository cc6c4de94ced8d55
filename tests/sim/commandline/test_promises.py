"""Commands that hold something to what is promised: what they take, and that bad names are told."""

import pytest
import typer.testing
from typed_commands import REAL, command

from sim.commandline.promises import commands


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("check", "--baseline"),
        ("baseline", "--out"),
        ("hunt", "--schedules"),
        ("explain", "--message"),
        ("guarantees", "--page"),
        ("claims", "--only"),
        ("validate", "--page"),
        ("bench", "--quick"),
    ],
)
def test_every_command_says_what_it_takes(name, takes):
    shown = typer.testing.CliRunner().invoke(commands, [name, "--help"])
    assert shown.exit_code == 0
    assert takes in shown.output


def test_a_design_that_does_not_exist_is_told(tmp_path):
    for words in (("hunt", "none"), ("guarantees", "none")):
        ended = command(REAL, *words, cwd=tmp_path)
        assert ended.returncode == 2, words
        assert "'none'" in ended.stderr
        assert "Traceback" not in ended.stderr
