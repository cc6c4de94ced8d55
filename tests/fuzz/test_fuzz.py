"""A small seeded share of the campaign, and that its eyes are open."""

import pytest

from tests.fuzz.campaign import Case, Ended, campaign, play, room, told
from tests.fuzz.cases import KINDS, made

CASES, SEED = 300, 7


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The folder of a campaign."""
    with room(tmp_path_factory.mktemp("fuzz")):
        yield


def test_no_odd_input_crashes_a_command_or_steers_a_terminal(here):
    found = campaign(CASES, SEED)
    assert sum(found.codes.values()) == CASES
    assert not found.faults, "\n" + "\n".join(map(told, found.faults))
    ends = {name.split()[1] for name in found.codes}
    assert {"0", "2"} <= ends  # some are accepted, some are refused


def test_equal_numbers_are_equal_cases(here):
    for number in range(200):
        assert made(number, 3) == made(number, 3)


def test_every_kind_has_its_share(here):
    assert {made(number, 1)[0] for number in range(300)} == set(KINDS)


@pytest.mark.parametrize(
    ("code", "printed", "words"),
    [
        (1, "", "exit code 1"),
        (None, "", "takes longer"),
        (0, "Traceback (most recent call last)", "a crash"),
        (2, "This is a mistake in rtcsim", "a crash"),
        (2, " ", "without a word"),
        (2, "x\x1b[31m", r"'\x1b' in its output"),
        (2, "\u202ex", "in its output"),
    ],
)
def test_what_no_command_may_do_is_seen(code, printed, words):
    assert words in str(Ended(0, "x", [], code, printed, 0.0).fault)


def test_how_commands_may_end_is_no_fault():
    assert [Ended(0, "x", [], code, "why", 0.0).fault for code in (0, 2, 3, 4, 5, 6)] == [None] * 6


def test_a_crash_in_a_command_is_found(tmp_path, monkeypatch):
    def crash(*_):
        raise ZeroDivisionError("planted")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.scenario.load.parse", crash)
    ended = play(0, "x", Case(["new", "-"]))
    assert "exit code 1" in str(ended.fault)
    assert "planted" in told(ended)
