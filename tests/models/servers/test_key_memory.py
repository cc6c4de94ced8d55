"""For how long, and among how many, a repeat is known by its key."""

from types import SimpleNamespace

import numpy as np
import pytest
from stage import Stage

from models import DESIGNS
from models.protocols.window import Window
from models.servers.key_memory import KeyMemory

KEYED = DESIGNS["hybrid-cursor"]


def repeated(after_s, keys, others=0):
    """A message at 2 s, others behind it, and a repeat of the first."""
    design = KEYED.variant("mine", {"store": {"keys": keys}})
    stage = Stage(design, [(2.0 + 0.1 * number, 0) for number in range(1 + others)])
    intake, node = stage.system.service.intake, stage.world.apis[0]
    stage.at(2.0 + after_s, intake.take, node, 0, lambda result: None)
    return stage.run(2.0 + after_s + 10.0)


@pytest.mark.parametrize(("after_s", "copies"), [(5.0, 1), (59.0, 1), (61.0, 2)])
def test_a_repeat_within_the_window_is_known_and_one_after_it_is_a_new_message(after_s, copies):
    stage = repeated(after_s, {"age_s": 60.0})
    assert stage.shown(1) == stage.shown(2) == [0] * copies


@pytest.mark.parametrize(("others", "copies"), [(0, 1), (4, 1), (5, 2), (9, 2)])
def test_a_key_is_pushed_out_by_as_many_as_there_is_room_for(others, copies):
    stage = repeated(5.0, {"messages": 5}, others)
    assert stage.shown(1).count(0) == copies


def test_a_preset_is_a_window_of_its_length():
    assert repeated(100.0, "jetstream").shown(1) == [0]
    assert repeated(150.0, "jetstream").shown(1) == [0, 0]
    assert repeated(150.0, "whole").shown(1) == [0]


def memory(**bounds):
    """Five messages, stored at 0, 1, ... s; it is 5 s now."""
    records = SimpleNamespace(now_s=5.0, accepted_s=float)
    committed, commits = np.arange(6), np.array([5])
    return KeyMemory(Window("made", **bounds), committed, commits, records), records, commits


def test_who_was_stored_again_is_known_from_then_on():
    keys, records, _ = memory(age_s=3.0)
    assert [keys.knows(one) for one in range(5)] == [False, False, True, True, True]
    keys.learns_again(0)
    records.now_s = 8.0
    assert [keys.knows(one) for one in range(5)] == [True, False, False, False, False]


def test_places_count_what_was_stored_again_in_between():
    """Stored: 0, 1, 2, 3, 4, then 1 again, then 5: the newest three are 5, 1 and 4."""
    keys, _, commits = memory(messages=3)
    keys.learns_again(1)
    commits[0] = 6
    assert [one for one in range(6) if keys.knows(one)] == [1, 4, 5]
