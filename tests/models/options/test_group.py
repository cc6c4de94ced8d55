"""What every group of options is: frozen, and it refuses keys that it does not have."""

import pytest
from pydantic import ValidationError

from models.options import Group as Public
from models.options.group import Group


class Small(Group):
    """One number."""

    number: float = 1.0


def test_a_key_that_it_does_not_have_and_a_wrong_type_are_refused():
    for given in ({"nummer": 1.0}, {"number": "1.0"}):
        with pytest.raises(ValidationError):
            Small.model_validate(given)
    with pytest.raises(ValidationError, match="frozen"):
        Small().number = 2.0


def test_packages_find_it_among_the_options():
    assert Public is Group
