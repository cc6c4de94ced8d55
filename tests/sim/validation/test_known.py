"""Known misses are told with a cause, in a sentence."""

from sim.validation.known import KNOWN


def test_every_known_miss_names_a_quantity_of_a_cell_and_says_why():
    for key, why in KNOWN.items():
        cell, quantity = key.rsplit(" ", 1)
        assert cell
        assert quantity
        assert len(why) > 20
        assert why.endswith(".")
