"""The catalogue: cells with a witness or with evidence, for the same schedules of every design."""

import pytest
from played import target

from models import DESIGNS
from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import CALM, COLUMNS, Cell, Survey, catalogue, plain, read, survey
from sim.hunt.judging import play
from sim.hunt.schedule import read as schedule_of
from sim.hunt.stage import stage


def surveyed(design: str, faults: str, schedules: int = 40) -> dict[str, Cell]:
    one = Survey(DESIGNS[design], stage(design, DESIGNS), faults, schedules)
    return {cell.guarantee: cell for cell in survey(one)}


def test_there_is_a_cell_for_every_guarantee() -> None:
    cells = surveyed("hybrid", CALM, 10)
    assert list(cells) == list(GUARANTEES)
    asked = cells.pop("read-your-writes")
    assert (asked.schedules, asked.state) == (3, "held")  # one in four more, with requests
    assert cells.pop("monotonic-reads").schedules == 3
    assert all(cell.schedules == 10 for cell in cells.values())
    assert not any(cell.state == "violated" for cell in cells.values())
    assert cells["at-least-once"].state == "held"
    assert cells["at-least-once"].facts >= cells["at-least-once"].held == 10
    assert cells["bounded-recovery"].state == "silent"
    assert "nobody who lost a connection" in cells["bounded-recovery"].what


def test_a_violated_cell_has_a_witness_that_one_command_replays() -> None:
    cell = surveyed("full-websocket", "backplane")["at-least-once"]
    assert cell.state == "violated"
    assert cell.what == "message 0 was owed to person 1; it was never shown"
    schedule = schedule_of(cell.schedule)
    assert (schedule.people, len(schedule.sends), len(schedule.faults)) == (2, 1, 1)
    assert play(target("full-websocket", "at-least-once"), schedule).state == "violated"
    assert cell.replay == (
        f"rtcsim hunt full-websocket --guarantee at-least-once --schedule '{cell.schedule}'"
    )


def test_the_workers_do_not_matter() -> None:
    world = stage("mqtt-qos1", DESIGNS)
    jobs = [Survey(DESIGNS["mqtt-qos1"], world, name, 15) for name in ("reset", "pause")]
    heard: list[tuple[int, int]] = []
    alone = catalogue(jobs, 1, lambda finished, total: heard.append((finished, total)))
    assert alone == catalogue(jobs, 2)
    assert heard == [(1, 2), (2, 2)]


def test_it_can_be_stored_and_read_back() -> None:
    cells = [*surveyed("hybrid", "link", 15).values(), *surveyed("hybrid", CALM, 5).values()]
    stored = plain(cells, {"seed": 1})
    assert sorted(read(stored), key=str) == sorted(cells, key=str)
    assert stored["made"] == {"seed": 1}
    assert stored["columns"] == list(COLUMNS)
    assert stored["designs"]["hybrid"]["at-most-once"][CALM]["state"] == "held"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"schedule": "people=2 send=5:0"}, "violated"),
        ({"held": 1}, "held"),
        ({"what": "nothing to see"}, "silent"),
    ],
)
def test_a_cell_says_one_of_three_things(changes: dict, state: str) -> None:
    given = {"schedules": 5, "held": 0, "facts": 0} | changes
    assert Cell("hybrid", "fifo", "link", **given).state == state
