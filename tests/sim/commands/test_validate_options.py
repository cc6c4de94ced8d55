"""The flags of `validate` and their defaults."""

from sim.commands.validate_options import ValidateOptions


def test_by_default_the_recorded_measurements_are_predicted() -> None:
    options = ValidateOptions()
    assert options.against is None
    assert options.measure is None
    assert (options.cells, options.replications, options.json) == ("", 0, False)
