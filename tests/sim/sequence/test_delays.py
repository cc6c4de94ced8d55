"""The time of a message is cut into spans without gaps, each with its cause."""

from itertools import pairwise

import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.delays import delays
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
DEAF: dict[str, object] = {"kind": "backplane-outage", "start_s": 4.9, "end_s": 9.0}


def test_spans_reach_without_gaps_from_sending_to_being_shown() -> None:
    record, _ = told(OUTAGE)
    spans = delays(record, 0, 1)
    shown_s = record.history.tables["deliveries"]["time_s"].min()
    assert spans[0].start_s == pytest.approx(5.0)
    assert spans[-1].end_s == pytest.approx(shown_s, abs=3e-6)
    assert all(one.end_s == pytest.approx(two.start_s, abs=3e-6) for one, two in pairwise(spans))


def test_a_calm_message_spends_most_of_its_time_in_the_store() -> None:
    record, _ = told()
    longest = max(delays(record, 0, 1), key=lambda span: span.lasted_s)
    assert (longest.where, longest.cause) == ("api 2", "writing to the store")
    assert longest.lasted_s == pytest.approx(0.005)


def test_a_wait_for_tcp_is_cut_where_the_link_comes_back() -> None:
    record, _ = told(OUTAGE)
    waits = [span for span in delays(record, 0, 1) if span.cause.startswith("lost, waiting")]
    assert [span.cause.endswith("link down") for span in waits] == [True, False]
    assert waits[0].end_s == waits[1].start_s == 9.0
    assert {span.where for span in waits} == {"gateway 0 to person 1"}


def test_what_is_never_shown_has_no_spans() -> None:
    record, _ = told(DEAF)
    assert delays(record, 0, 1) == []
