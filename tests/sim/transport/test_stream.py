"""Both lanes offer what their owners need."""

import inspect

import pytest

from sim.transport.connection import Connection
from sim.transport.reference import ReferenceConnection
from sim.transport.stream import Stream
from sim.transport.tapped import TappedConnection, TappedReference

METHODS = [name for name, _ in inspect.getmembers(Stream, inspect.isfunction) if name[0] != "_"]


@pytest.mark.parametrize(
    "lane", [Connection, ReferenceConnection, TappedConnection, TappedReference]
)
@pytest.mark.parametrize("name", METHODS)
def test_a_lane_has_every_method_of_a_stream(lane: type, name: str) -> None:
    ours = inspect.signature(getattr(lane, name)).parameters
    assert list(ours) == list(inspect.signature(getattr(Stream, name)).parameters)


def test_a_stream_has_methods() -> None:
    assert {"send", "post", "close", "abort", "vanish", "flying", "traffic"} <= set(METHODS)
