"""A trace's mistakes travel together."""

import pickle

from sim.workload.errors import TraceError


def test_every_mistake_is_a_line() -> None:
    error = TraceError(["a.csv:2: one", "a.csv:3: two"])
    assert error.messages == ["a.csv:2: one", "a.csv:3: two"]
    assert str(error) == "a.csv:2: one\na.csv:3: two"
    assert isinstance(error, ValueError)


def test_it_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(TraceError(["a.csv:2: one"])))
    assert error.messages == ["a.csv:2: one"]
