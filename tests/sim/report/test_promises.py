"""Verdicts as tables: one row per guarantee, one column per design, cases with their commands."""

from typing import Any

import fake_results
from fake_results import KINDS

from sim.report import stored
from sim.report.promises import ENOUGH, Board, in_catalogue, in_run
from sim.report.stored import Results
from sim.scenario.gates import EVIDENCE

TWO = {name: KINDS[name] for name in ("full-websocket", "long-poll")}


def results(**changes: Any) -> Results:
    return stored.from_summary(fake_results.summary_of(TWO) | changes)


def run() -> Board:
    board = in_run(results())
    assert board is not None
    return board


def catalogue() -> Board:
    board = in_catalogue(results())
    assert board is not None
    return board


def test_the_page_and_the_check_want_the_same_evidence() -> None:
    assert ENOUGH == EVIDENCE


def test_a_run_has_a_row_per_guarantee_and_a_cell_per_design() -> None:
    board = run()
    assert board.designs == (("full-websocket", 0), ("long-poll", 1))
    rows = {row.guarantee: row for row in board.rows}
    assert list(rows) == ["at-least-once", "fifo", "read-your-writes"]
    broken, kept = rows["at-least-once"].cells
    assert (broken.word, broken.mark, broken.claimed) == ("violated", "worse", False)
    assert broken.evidence == ("1,458 of 180,000", "9 of 10 runs")
    assert (kept.word, kept.evidence, kept.claimed) == ("holds", ("0 of 180,000",), True)
    assert rows["read-your-writes"].cells[0].evidence == ()
    assert rows["fifo"].kind == "safety"
    assert "one sender" in rows["fifo"].statement


def test_cases_of_a_run_lead_to_the_message() -> None:
    first, second = run().cases
    assert first.count == "1 hold, 1 violated, 1 unknown"
    broken, unknown = first.cases
    assert broken.guarantees == "at-least-once"
    assert broken.what.endswith("it was never shown (replication 2; half-open)")
    assert broken.replay == (
        "rtcsim explain results/runs/rolling-deploy-3b1f0c6d9a52"
        " --design full-websocket --replication 2 --message 41 --person 7"
    )
    assert (unknown.guarantees, unknown.what) == (
        "read-your-writes",
        "unknown: nobody asked for a list",
    )
    assert second.count == "2 hold, 1 unknown"


def test_a_connection_is_no_message_to_explain() -> None:
    told = results().part("guarantees")["full-websocket"]
    told["at-least-once"]["witness"]["message"] = -1
    board = in_run(results(guarantees={"full-websocket": told}))
    assert board is not None
    assert board.cases[0].cases[0].replay == ""


def test_the_catalogue_names_the_classes_that_break() -> None:
    board = catalogue()
    assert board.designs == (("full-websocket", 0),)
    assert (board.version, board.command) == (
        "0.1.0",
        "rtcsim guarantees --schedules 40 --seed 1",
    )
    cells = {row.guarantee: row.cells[0] for row in board.rows}
    assert cells["at-least-once"].evidence == ("by link, host",)
    assert cells["exactly-once"].evidence == ("without any fault",)
    assert (cells["fifo"].word, cells["fifo"].evidence) == ("holds", ("78 schedules",))
    assert cells["fifo"].words == "schedules: none 40, pause 38"
    assert cells["read-your-writes"].word == "unknown"


def test_one_schedule_serves_for_all_that_it_breaks() -> None:
    (one,) = catalogue().cases
    assert [case.guarantees for case in one.cases] == [
        "at-least-once, exactly-once", "read-your-writes"
    ]  # fmt: skip
    assert one.cases[0].replay == (
        "rtcsim hunt full-websocket --guarantee at-least-once"
        " --schedule 'people=2 send=5:0 link=0@5+50'"
    )


def test_nothing_stored_gives_no_table() -> None:
    bare = results(guarantees=None, catalogue=None)
    assert in_run(bare) is None
    assert in_catalogue(bare) is None
    stranger = {"made": {}, "designs": {"another": {"fifo": {"violated": [], "held": {}}}}}
    assert in_catalogue(results(catalogue=stranger)) is None
