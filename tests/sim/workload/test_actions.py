"""The codes are part of the history's file format."""

from sim.workload.actions import Action


def test_codes_are_as_stored() -> None:
    assert [(action.name, action.value) for action in Action] == [
        ("LIST", 0),
        ("SEND", 1),
        ("TYPING", 2),
        ("SEEN", 3),
        ("RECEIVE", 4),
    ]
