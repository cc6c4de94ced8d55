"""Options of rooms and rights."""

import pytest
from pydantic import ValidationError

from models.options import Rooms


def test_rights_are_looked_at_when_somebody_joins():
    rooms = Rooms()
    assert (rooms.managed, rooms.checks) == (None, "join")
    assert 0 < rooms.check_s < 1e-4


@pytest.mark.parametrize("given", [{"managed": "nobody"}, {"checks": "often"}, {"check_s": -1.0}])
def test_what_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        Rooms.model_validate(given)
