"""The ladders of a hunt, and limits that can be."""

import pytest

from sim.hunt.space import GAPS_S, OFFSETS_S, SPANS_S, Limits


def test_faults_begin_or_end_on_a_fine_grid_around_messages() -> None:
    assert min(OFFSETS_S) == -0.2
    assert max(OFFSETS_S) == 0.4
    assert len(OFFSETS_S) == 121
    assert sorted(OFFSETS_S)[1] - min(OFFSETS_S) == pytest.approx(0.005)
    assert (min(SPANS_S), max(SPANS_S)) == (0.05, 100.0)


def test_what_is_simpler_to_read_comes_first() -> None:
    assert OFFSETS_S[:8] == (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, 0.4, 0.05)
    assert SPANS_S[:3] == (1.0, 2.0, 5.0)
    assert GAPS_S[:2] == (0.0, 1.0)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"people": 1}, "people = 1; allowed: 2 to 4"),
        ({"messages": 0}, "messages = 0; allowed: 1 to 10"),
        ({"faults": -1}, "faults = -1; allowed: 0 to 10"),
        ({"nodes": 0}, "nodes = 0; allowed: 1 to 2000"),
        ({"classes": ("link", "quake")}, "faults = 'quake'; allowed: link, reset, "),
    ],
)
def test_limits_that_cannot_be_are_refused(changes: dict, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Limits(**changes)
