"""Notes say what people did and saw and what nodes took; bars say which faults hit which lane."""

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.notes import ACTS, SHOWN, TOLD, Bar, Focus, bars, notes
from sim.sequence.story import Record, Story, of_message, tell
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

FOCUS = Focus((0,), (0, 1))


def test_sending_accepting_telling_and_showing_are_noted_in_order() -> None:
    record, _ = told()
    found = [note for note in notes(record.history, record.tape, FOCUS) if note.message == 0]
    assert [(note.lane, note.text) for note in found] == [
        ("person 0", "sends message 0"),
        ("api 2", "accepts message 0"),
        ("person 0", "is told OK for message 0"),
        ("person 1", "is shown message 0"),
    ]
    assert [note.kind for note in found if note.lane != "api 2"] == [ACTS, TOLD, SHOWN]


def test_people_out_of_focus_have_no_notes() -> None:
    record, _ = told()
    found = notes(record.history, record.tape, Focus((0,), (0,)))
    assert {note.lane for note in found if note.lane.startswith("person")} == {"person 0"}


def test_an_outage_is_a_bar_on_the_lane_of_its_person() -> None:
    record, _ = told(OUTAGE)
    assert bars(record.history, record.faults, FOCUS) == [
        Bar("person 1", 4.9, 9.0, "link down", "link up")
    ]
    assert bars(record.history, record.faults, Focus((0,), (0,))) == []


def test_faults_of_nodes_and_of_the_backplane_are_bars_in_order_of_time() -> None:
    record, _ = told(
        {"kind": "backplane-outage", "start_s": 15.0, "end_s": 16.0},
        {"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 2.0},
    )
    found = bars(record.history, record.faults, FOCUS)
    assert [(bar.lane, bar.start_s, bar.end_s, bar.text) for bar in found] == [
        ("gateway 0", 10.0, 12.0, "killed"),
        ("backplane", 15.0, 16.0, "down"),
    ]
