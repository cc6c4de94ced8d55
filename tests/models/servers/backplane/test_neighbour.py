"""Environments on one Redis: a prefix keeps them apart, a database does not."""

import pytest
from stage import Stage

from models import DESIGNS


def leaked(prefix="socket.io", database=0):
    ours = {"kind": "redis-pubsub", "prefix": prefix, "database": database}
    design = DESIGNS["socketio"].variant("x", {"backplane": ours})
    played = Stage(
        design, [(20.0, 0)], backplane={"neighbour": {"database": 1, "messages_per_s": 5.0}}
    )
    between = played.run(30.0).world.between
    shown = between.get("foreign messages emitted here", 0)
    return shown / between["foreign messages to rooms of ours"]


@pytest.mark.parametrize("database", [0, 1, 5])
def test_with_one_prefix_everything_leaks_whatever_the_database(database):
    assert leaked(database=database) == 1.0


@pytest.mark.parametrize("database", [0, 1])
def test_with_two_prefixes_nothing_does(database):
    assert leaked("production", database) == 0.0


def test_a_prefix_that_the_other_one_begins_with_is_another():
    assert leaked("socket.io-2") == 0.0
