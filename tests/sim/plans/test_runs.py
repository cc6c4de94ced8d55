"""Nothing is played twice, and what was finished is found again."""

import pytest

from sim.experiment.work import Work
from sim.plans.runs import Runs


def test_nothing_is_played_twice():
    played = []
    runs = Runs()
    for _ in range(2):
        found = runs.each("a", 3, lambda one: played.append(one) or {"value": one})
    assert played == [0, 1, 2]
    assert [one["value"] for one in found] == [0, 1, 2]


def test_what_was_finished_before_a_crash_is_found_again(tmp_path):
    def breaks(number):
        if number == 2:
            raise KeyboardInterrupt
        return {"value": number}

    work = Work(tmp_path, "k" * 64)
    with work.opened(), pytest.raises(KeyboardInterrupt):
        Runs(work).each("a", 3, breaks)
    again, played = Runs(Work(tmp_path, "k" * 64)), []
    with again.work.opened():
        found = again.each("a", 3, lambda one: played.append(one) or {"value": one})
    assert (played, again.resumed, len(found)) == ([2], 2, 3)


def test_progress_is_told_of_each():
    heard = []
    Runs(progress=lambda done, of: heard.append((done, of)), most=1).each("a", 2, lambda one: {})
    assert heard == [(1, 1), (2, 2)]
