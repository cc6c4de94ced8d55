"""A story in words has one line a step, in order of time."""

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.hops import BACKPLANE, Hop
from sim.sequence.notes import BREAKS, Bar, Note
from sim.sequence.story import Record, Story, of_message, tell
from sim.sequence.words import words
from sim.tape import DATA, Said, Tape


def told(*faults: dict[str, object]) -> tuple[Record, Story]:
    """Person 0 sends message 0 to person 1 at 5 s: the run, and its story."""
    scenario = Scenario.model_validate(
        {
            "name": "story",
            "designs": ("hybrid",),
            "people": {"count": 2, "owed": "members"},
            "time": {"warmup_s": 2, "measure_s": 20, "drain_s": 60},
            "networks": [{"share": 1.0, "profile": "lan"}],
            "servers": {"gateways": 2, "api_nodes": 1},
            "script": {"rooms": [[0, 1]], "sends": [{"at_s": 5.0, "sender": 0}]},
            "faults": list(faults),
        }
    )
    tape = Tape()
    history = run_replication(scenario, DESIGNS["hybrid"], 0, tape=tape)
    record = Record(history, tape, scenario.faults)
    return record, tell(record, of_message(history, 0, 1))


OUTAGE: dict[str, object] = {"kind": "link-outage", "person": 1, "start_s": 4.9, "end_s": 9.0}


def test_a_run_reads_from_sending_to_being_shown() -> None:
    _, story = told()
    lines = words(story)
    assert lines[0] == "5.000 s  person 0 sends message 0"
    assert lines[-1] == "5.008 s  person 1 is shown message 0"
    through = [line for line in lines if "backplane" in line]
    assert len(through) == 1
    assert "through the backplane to gateway 0: message 0" in through[0]


def test_faults_and_what_tcp_sends_again_have_their_lines() -> None:
    _, story = told(OUTAGE)
    lines = words(story)
    assert lines[0] == " 4.900 s  the link of person 1 goes down"
    assert " 9.000 s  the link of person 1 works again" in lines
    assert any("gateway 0 to person 1: message 0, lost, sent again by TCP at" in x for x in lines)


def test_what_breaks_the_guarantee_is_the_last_line_of_its_moment() -> None:
    steps = (
        Note(1.0, "person 1", "is never shown message 0", BREAKS, 0),
        Hop(1.0, "gateway 0", BACKPLANE, Said("message 0", (0,), DATA), fate="lost"),
    )
    bar = Bar("gateway 0", 0.5, 9.0, "killed", "started again")
    assert words(Story(("gateway 0", BACKPLANE, "person 1"), steps, (bar,))) == [
        "0.500 s  gateway 0 is killed",
        "1.000 s  gateway 0 to backplane: message 0, lost",
        "1.000 s  person 1 is never shown message 0",
    ]
