"""Handing over to the testbed, with a stand-in for it."""

import pytest

from sim.commands.measuring import TESTBED, measure
from sim.errors import InputError

STAND_IN = """\
import sys, pathlib
pathlib.Path(sys.argv[1]).write_text(" ".join(sys.argv[2:]))
sys.exit(3 if "bad" in sys.argv else 0)
"""


@pytest.fixture
def testbed(tmp_path):
    folder = tmp_path / "stand_in"
    folder.mkdir()
    (folder / "__main__.py").write_text(STAND_IN)
    return folder


def test_runs_the_testbed_and_says_what_is_next(testbed, tmp_path, capsys):
    assert measure(tmp_path / "out", "ws,mqtt1", testbed) == 0
    assert (tmp_path / "out").read_text() == "--transports ws,mqtt1"
    assert f"--against {tmp_path / 'out'}" in capsys.readouterr().out


def test_without_transports_the_testbed_chooses(testbed, tmp_path):
    assert measure(tmp_path / "out", testbed=testbed) == 0
    assert (tmp_path / "out").read_text() == ""


def test_hands_back_the_exit_code(testbed, tmp_path, capsys):
    assert measure(tmp_path / "out", "bad", testbed) == 3
    assert not capsys.readouterr().out


def test_says_where_the_testbed_can_be_had(tmp_path):
    with pytest.raises(InputError, match="source checkout"):
        measure(tmp_path / "out", testbed=tmp_path / "nowhere")


def test_the_testbed_is_where_it_is_looked_for():
    assert (TESTBED / "__main__.py").is_file()
