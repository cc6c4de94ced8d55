"""What was checked, on the page of its run."""

from sim.report import gates, stored

CURVE = {
    "limit": "0.1 %",
    "budget": 32,
    "points": [
        {"times": 1, "fails": 0.01, "unknown": 0.97},
        {"times": 2, "fails": 1, "unknown": 0},
    ],
}
ROW = {
    "design": "hybrid",
    "title": "loss_told < 0.001 at 95 %",
    "state": "fail",
    "found": "measured <2 %>",
    "curve": CURVE,
}


def shown(*rows):
    summary = {"designs": {"hybrid": {}}, "gates": {"looks": [8, 32], "rows": list(rows)}}
    return gates.board(stored.from_summary(summary))


def test_a_promise_has_its_state_and_its_curve():
    board = shown(ROW, ROW | {"title": "fifo", "state": "pass", "curve": None})
    assert [(row.word, row.mark) for row in board.rows] == [("fail", "worse"), ("pass", "better")]
    assert board.curves == (
        (
            "hybrid",
            "loss_told < 0.001 at 95 %",
            "0.1 %",
            "1 / 97 %",
            "100 / 0 %",
            "—",
        ),
    )
    assert "within 32 replications" in board.explained


def test_without_curves_there_is_no_table_of_them():
    board = shown(ROW | {"curve": None})
    assert (board.curves, board.explained) == ((), "")


def test_a_comparison_has_no_such_board():
    assert gates.board(stored.from_summary({"designs": {"hybrid": {}}})) is None
