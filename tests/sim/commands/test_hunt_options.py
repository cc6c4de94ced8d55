"""The flags of `hunt` and `guarantees`: their defaults agree with what they set."""

import inspect
from dataclasses import fields

import pytest

from sim.commands.hunt_options import CatalogueOptions, HuntOptions
from sim.commands.options import with_options
from sim.hunt.catalogue import SCHEDULES
from sim.hunt.schedule import CLASSES
from sim.hunt.space import MOST_PEOPLE, Limits


def test_a_hunt_looks_by_default_where_the_space_does():
    options, limits = HuntOptions(), Limits()
    assert tuple(options.faults.split(",")) == limits.classes == CLASSES
    assert (options.people, options.messages, options.most_faults) == (
        limits.people,
        limits.messages,
        limits.faults,
    )
    assert options.people == MOST_PEOPLE


def test_a_catalogue_tries_by_default_as_much_as_it_is_made_for():
    assert CatalogueOptions().schedules == SCHEDULES


@pytest.mark.parametrize("kind", [HuntOptions, CatalogueOptions])
def test_typer_sees_every_flag_and_every_flag_has_help(kind):
    def command(*, options) -> None: ...

    command.__annotations__["options"] = kind
    shown = inspect.signature(with_options(command)).parameters
    assert list(shown) == [one.name for one in fields(kind)]
    for one in shown.values():
        assert one.annotation.__metadata__[0].help
