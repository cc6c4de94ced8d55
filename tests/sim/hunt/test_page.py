"""The catalogue as a page: an overview, a table a design, every witness with its command."""

import pytest

from models import DESIGNS
from sim.files.by_hand import BEGIN, END, kept
from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import COLUMNS, Cell
from sim.hunt.page import page

BROKEN = "people=2 send=5:0 link=0@5+50"


def cells() -> list[Cell]:
    made = []
    for guarantee in GUARANTEES:
        for faults in COLUMNS:
            if (guarantee == "at-least-once" and faults == "link") or (
                guarantee == "exactly-once" and faults != "none"
            ):
                one = Cell("hybrid", guarantee, faults, 9, 4, 8, BROKEN, "message 0 is gone")
            elif guarantee == "read-your-writes":
                one = Cell("hybrid", guarantee, faults, 9, 0, 0, what="nobody asked")
            else:
                one = Cell("hybrid", guarantee, faults, 9, 7, 21)
            made.append(one)
    return made


def text() -> str:
    mine = DESIGNS["hybrid"].variant(
        "hybrid", {"claims": ["fifo", "exactly-once"], "summary": DESIGNS["hybrid"].summary}
    )
    return page(cells(), {"hybrid": mine}, "rtcsim guarantees", "## More\n\nwords\n")


def rows(start: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text().splitlines()
        if line.startswith(start)
    ]


def overview() -> dict[str, str]:
    (head,), (row,) = rows("| design |"), rows("| [hybrid]")
    return dict(zip(head[1:], row[1:], strict=True))


def test_the_overview_says_what_breaks_what_and_what_is_claimed() -> None:
    shown = overview()
    assert shown["at-least-once"] == "✗ link"
    assert shown["exactly-once"] == "✗ ◆ any fault"
    assert shown["fifo"] == "✓ ◆"
    assert shown["isolation"] == "✓"


def test_the_overview_leaves_out_what_nobody_knows_and_says_why() -> None:
    assert set(GUARANTEES) - set(overview()) == {"read-your-writes"}
    assert "*read-your-writes* is unknown for every design: nobody asked." in text()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (("link", "reset", "address", "crash", "host", "backplane"), "✗ all but pause"),
        (("link", "reset"), "✗ link, reset"),
        (("none", "link"), "✗ even without a fault"),
    ],
)
def test_classes_are_said_in_short(broken: tuple[str, ...], words: str) -> None:
    made = [
        Cell("hybrid", one.guarantee, one.faults, 9, 4, 8, BROKEN if one.faults in broken else "")
        for one in cells()
        if one.guarantee == "fifo"
    ]
    assert f"| {words} |" in page(made, DESIGNS, "")


def test_every_design_has_its_table() -> None:
    (row,) = rows("| at-least-once |")
    assert row == ["at-least-once", "✓ 7", "✗ [1]", *["✓ 7"] * 6]
    assert rows("| read-your-writes |") == [["read-your-writes", *["–"] * 8]]
    assert len(rows("| fifo ◆ |")) == 1
    assert DESIGNS["hybrid"].summary in text()


def test_one_witness_serves_for_all_that_it_breaks() -> None:
    assert "1. link: message 0 is gone (breaks at-least-once, exactly-once)" in text()
    assert text().count(f"--guarantee at-least-once --schedule '{BROKEN}'`") == 1


def test_silence_has_its_reason() -> None:
    assert "Unknown: *read-your-writes*, nobody asked." in text()


def test_the_command_is_on_it() -> None:
    assert "```bash\nrtcsim guarantees\n```" in text()


def test_what_was_written_by_hand_is_found_again() -> None:
    assert f"{BEGIN}\n## More\n\nwords\n{END}\n" in text()
    assert kept(text()) == "## More\n\nwords"
    assert kept(page(cells(), DESIGNS, "")) == ""


def test_tables_are_tables() -> None:
    lines = text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("|---"):
            assert lines[number - 1].count("|") == line.count("|")
