"""Arrays shared by Python and compiled code: one memory, plain numbers, growth that keeps."""

from typing import Any, NamedTuple

from sim.core.arrays import INTEGER, REAL, Cell, Shared


class Pair(NamedTuple):
    left: Any
    right: Any


def shared() -> Shared[Pair]:
    return Shared(Pair, {"left": (INTEGER, 2), "right": (REAL, 2)})


def test_both_sides_see_the_same_memory_and_python_sees_plain_numbers():
    pair = shared()
    pair.views.left[0] = 7
    pair.arrays.right[1] = 0.5
    assert pair.arrays.left[0] == 7
    assert (type(pair.views.left[0]), type(pair.views.right[1])) == (int, float)


def test_growth_keeps_what_is_there_doubles_and_tells():
    pair, told = shared(), []
    pair.views.left[1] = 3
    pair.changed.append(lambda: told.append(len(pair.views.left)))
    pair.grow("left", 3)
    assert list(pair.views.left) == [0, 3, 0, 0]
    pair.grow("left", 4)
    pair.grow("left", 100)
    assert told == [4, 100]
    assert pair.views.left[1] == 3


def test_a_cell_is_a_number_of_a_row():
    class Thing:
        count = Cell(1, "how many", int)

        def __init__(self, row: int) -> None:
            self.cells, self.row = shared().views.right, row

    thing = Thing(0)
    thing.count += 2
    assert (thing.count, type(thing.count), thing.cells[1]) == (2, int, 2.0)
