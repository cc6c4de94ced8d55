"""The room of options has one door."""

import models.options
from models.options import GROUPS
from models.options.whole import Options


def test_every_group_is_found_at_the_door():
    for kind in GROUPS.values():
        assert getattr(models.options, kind.__name__) is kind
    assert models.options.Options is Options
