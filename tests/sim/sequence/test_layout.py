"""On the page lanes stand side by side, time runs down, and words keep clear of each other."""

from itertools import combinations, pairwise

import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.experiment.scenario import Scenario
from sim.sequence.layout import AGAIN, lay_out
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


def test_lanes_stand_in_the_order_of_the_story_and_on_the_page() -> None:
    _, story = told()
    page = lay_out(story)
    assert tuple(page.lanes) == story.lanes
    assert all(one < two for one, two in pairwise(page.lanes.values()))
    assert 0.0 < min(page.lanes.values()) < max(page.lanes.values()) < page.width


def test_time_runs_down_and_nothing_leaves_the_page() -> None:
    _, story = told(OUTAGE)
    page = lay_out(story)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(page.clock))
    assert all(arrow.start[1] <= arrow.end[1] <= page.height for arrow in page.arrows)
    assert all(0.0 <= words.y <= page.height for words in page.words)


def test_words_at_one_lane_are_a_line_apart() -> None:
    _, story = told(OUTAGE)
    words = lay_out(story).words
    together = [(a, b) for a, b in combinations(words, 2) if (a.x, a.side) == (b.x, b.side)]
    assert together
    assert all(abs(a.y - b.y) >= 15.0 for a, b in together)


def test_what_tcp_sends_again_has_an_arrow_for_the_lost_copy_and_one_for_the_other() -> None:
    _, story = told(OUTAGE)
    page = lay_out(story)
    last = [arrow for arrow in page.arrows if arrow.hop.target == "person 1"]
    assert [(arrow.cross, arrow.text) for arrow in last] == [
        (True, "message 0"),
        (False, f"{AGAIN} message 0"),
    ]
    assert last[0].end[0] < page.lanes["person 1"] == last[1].end[0]


def test_long_pauses_are_cut_and_faults_are_shaded_from_word_to_word() -> None:
    _, story = told(OUTAGE)
    page = lay_out(story)
    assert [pause_s for _, pause_s in page.gaps] == pytest.approx([4.0, 2.8], abs=0.1)
    (shade,) = page.shades
    rows = {words.text: words.y for words in page.words if words.note is None}
    assert (shade.top, shade.bottom) == (rows["link down at 4.9 s"], rows["link up at 9 s"])
    assert lay_out(told()[1]).gaps == []
