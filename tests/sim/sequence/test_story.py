"""A story has readable lanes and the steps that matter, up to the last that says something."""

import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.notes import BREAKS
from sim.sequence.story import Broken, Record, Story, of_message, tell, when_s
from sim.tape import Tape


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
DEAF: dict[str, object] = {"kind": "backplane-outage", "start_s": 4.9, "end_s": 9.0}


def test_lanes_go_from_the_writer_through_the_nodes_to_the_reader() -> None:
    _, story = told()
    assert story.lanes == ("person 0", "api 2", "backplane", "gateway 0", "person 1")


def test_steps_are_in_order_and_end_when_the_reader_is_shown_the_message() -> None:
    _, story = told(OUTAGE)
    times_s = [when_s(step) for step in story.steps]
    assert times_s == sorted(times_s)
    assert story.steps[-1] == story.notes[-1]
    assert (story.notes[-1].lane, story.notes[-1].text) == ("person 1", "is shown message 0")


def test_handshakes_and_pings_are_left_out() -> None:
    record, story = told()
    everything = {mark.what.text for mark in record.tape}
    assert "handshake" in everything
    assert {hop.said.text for hop in story.hops} == {
        "POST message 0",
        "200 OK for message 0",
        "message 0",
    }


def test_what_is_never_shown_breaks_the_guarantee_after_everything_else() -> None:
    record, _ = told(DEAF)
    story = tell(record, of_message(record.history, 0, 1), Broken((0,), 1))
    (guilty,) = (note for note in story.notes if note.kind == BREAKS)
    assert (guilty.lane, guilty.text) == ("person 1", "is never shown message 0")
    assert story.steps[-1] == guilty


def test_only_messages_of_the_run_can_be_told_about() -> None:
    record, _ = told()
    with pytest.raises(ValueError, match="message 7; allowed: 0 to 0"):
        of_message(record.history, 7, 1)
