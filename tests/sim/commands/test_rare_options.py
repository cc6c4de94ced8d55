"""The parts that the flag takes are those that can be counted."""

from sim.commands.rare import WORDS
from sim.commands.rare_options import Part, RareOptions
from sim.experiment.rare.harm import PARTS


def test_every_part_has_a_flag_and_words():
    assert [part.value for part in Part] == [*PARTS] == [*WORDS]
    assert RareOptions().metric == "lost"
