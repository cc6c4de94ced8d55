"""What every section is: frozen, and deaf to what it does not know."""

import pytest
from pydantic import Field, ValidationError

from sim.workload.section import Section


class Small(Section):
    """A section with one number."""

    number: float = Field(1.0, description="any number")


@pytest.mark.parametrize("given", [{"nummer": 1.0}, {"number": float("inf")}, {"number": "many"}])
def test_what_it_does_not_know_or_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        Small.model_validate(given)


def test_it_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Small().number = 2.0
