"""Every flag of a hunt has its meaning, its range, and a default that does something sensible."""

from dataclasses import fields
from typing import get_type_hints

import pytest

from sim.commands.hunt_options import CatalogueOptions, HuntOptions
from sim.hunt.catalogue import SCHEDULES
from sim.hunt.schedule import USUAL
from sim.hunt.space import MOST_PEOPLE, Limits


@pytest.mark.parametrize("kind", [HuntOptions, CatalogueOptions])
def test_every_flag_has_its_help(kind: type) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for one in fields(kind):
        (option,) = hints[one.name].__metadata__
        assert option.help.endswith((".", "'."))


def test_by_default_everything_may_break_within_the_usual_limits() -> None:
    options, limits = HuntOptions(), Limits()
    assert tuple(options.faults.split(",")) == limits.classes == USUAL
    assert options.people == limits.people == MOST_PEOPLE
    assert (options.messages, options.most_faults) == (limits.messages, limits.faults)
    assert CatalogueOptions().schedules == SCHEDULES
