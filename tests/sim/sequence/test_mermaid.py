"""A story as Mermaid text: every line is a statement of a sequence diagram."""

import re

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.hops import Hop
from sim.sequence.mermaid import mermaid
from sim.sequence.notes import BREAKS, Note
from sim.sequence.story import Record, Story, of_message, tell
from sim.tape import ACK, DATA, Said, Tape


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

FORMS = re.compile(
    r"    ((actor|participant) \w+ as [\w ]+"
    r"|Note over \w+(,\w+)?: [^;#]+"
    r"|\w+(->>|-->>|-x|--x)\w+: [^;#]+)"
)


def statements(text: str) -> list[str]:
    """What follows the title, which stands between dashes."""
    lines = text.splitlines()
    assert lines[0] == lines[2] == "---"
    assert lines[1].startswith("title: ")
    assert lines[3] == "sequenceDiagram"
    return lines[4:]


def test_every_line_is_a_statement_that_mermaid_knows() -> None:
    _, story = told(OUTAGE)
    lines = statements(mermaid(story, "A message"))
    assert [line for line in lines if not FORMS.fullmatch(line)] == []
    assert len(lines) > len(story.lanes) + len(story.steps)


def test_lanes_come_first_in_order_and_nothing_else_is_named() -> None:
    _, story = told(OUTAGE)
    lines = statements(mermaid(story, "A message"))
    declared = [re.fullmatch(r"    (?:actor|participant) (\w+) as (.+)", line) for line in lines]
    names = [found[1] for found in declared if found]
    assert tuple(found[2] for found in declared if found) == story.lanes
    assert all(found is not None for found in declared[: len(story.lanes)])
    arrows = (re.match(r"    (\w+?)-{1,2}(?:>>|x)(\w+):", line) for line in lines)
    used = {name for found in arrows if found for name in found.groups()}
    assert used == set(names)


def test_arrows_show_loss_and_acknowledgement_and_notes_show_guilt() -> None:
    steps = (
        Hop(1.0, "person 0", "api 2", Said("a; b #1", (0,), DATA), fate="lost"),
        Hop(1.1, "api 2", "person 0", Said("OK", (0,), ACK), False, "arrived", 1.1, 1.2),
        Note(2.0, "person 0", "is told", BREAKS, 0),
    )
    text = mermaid(Story(("person 0", "api 2"), steps, ()), "one: two")
    assert text.splitlines()[1] == "title: one - two"
    assert statements(text)[2:] == [
        "    person0-xapi2: 1.000 s, a, b no. 1 (lost)",
        "    api2-->>person0: 1.100 s, OK",
        "    Note over person0,api2: 0.9 s later",
        "    Note over person0: 2.000 s, is told ❌",
    ]
