"""Bad input is told line by line, wherever it was found."""

import pickle

from sim.errors import InputError


def test_an_error_from_a_worker_arrives_with_all_its_lines():
    arrived = pickle.loads(pickle.dumps(InputError(["a: 1", "b: 2"])))
    assert arrived.messages == ["a: 1", "b: 2"]
    assert str(arrived) == "a: 1\nb: 2"
