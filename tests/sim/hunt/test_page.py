"""The catalogue as a page: an overview, a table a design, every witness with its command."""

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
    return page(cells(), {"hybrid": "POST up."}, "rtcsim guarantees", "## More\n\nwords")


def rows(start: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text().splitlines()
        if line.startswith(start)
    ]


def test_the_overview_says_what_breaks_what() -> None:
    (row,) = rows("| [hybrid]")
    shown = dict(zip(GUARANTEES, row[1:], strict=True))
    assert shown["at-least-once"] == "link"
    assert shown["exactly-once"] == "all"
    assert shown["read-your-writes"] == "–"
    assert shown["fifo"] == ""


def test_every_design_has_its_table() -> None:
    (row,) = rows("| at-least-once |")
    assert row == ["at-least-once", "holds (7)", "**broken** [1]", *["holds (7)"] * 6]
    assert rows("| read-your-writes |") == [["read-your-writes", *["–"] * 8]]


def test_one_witness_serves_for_all_that_it_breaks() -> None:
    assert "1. message 0 is gone (breaks at-least-once, exactly-once)" in text()
    assert text().count(f"--guarantee at-least-once --schedule '{BROKEN}'`") == 1


def test_silence_has_its_reason() -> None:
    assert "*read-your-writes*: nothing to say, nobody asked." in text()


def test_the_command_and_what_else_there_is_to_say_are_on_it() -> None:
    assert "`rtcsim guarantees` writes this page anew" in text()
    assert "## More\n\nwords\n" in text()
    assert "POST up." in text()


def test_tables_are_tables() -> None:
    lines = text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("|---"):
            assert lines[number - 1].count("|") == line.count("|")
