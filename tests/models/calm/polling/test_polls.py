"""Polls on rows: the calm cycle needs no objects, and what is not calm is left to them."""

import pytest
from counted import left_of
from small import scenario

from models.calm import rows
from models.calm.polling import polls
from tests.properties.three_ways import digests

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]
LOSSY = [{"share": 1.0, "profile": "cable", "loss": {"kind": "bernoulli", "ratio": 0.05}}]
DESIGNS_THAT_POLL = ("long-poll", "long-poll-unbuffered")


def polls_left(left):
    """How often an event of a poll was left to objects."""
    codes = (rows.POLL_WAKE_LEFT, rows.POLL_ANSWERED, rows.POLL_ARRIVED, rows.POLL_TAKE)
    return sum(left[code] for code in codes)


@pytest.mark.parametrize("design", DESIGNS_THAT_POLL)
def test_calm_people_are_answered_and_ask_again_in_rows(monkeypatch, design):
    left, history = left_of(monkeypatch, scenario(networks=CABLE), design)
    shown = len(history.tables["deliveries"]["time_s"])
    assert shown > 100
    assert polls_left(left) < 0.2 * shown


def test_a_lost_answer_or_question_is_left_to_objects(monkeypatch):
    left, _ = left_of(monkeypatch, scenario(networks=LOSSY), "long-poll")
    assert left[rows.POLL_ANSWERED] > 0  # the next question would not arrive at once
    assert left[rows.TROUBLED] > 0  # an answer would not


@pytest.mark.parametrize("design", DESIGNS_THAT_POLL)
@pytest.mark.parametrize(
    "pool", ["browser", "aiohttp", {"preset": "browser", "idle_s": 0.7}], ids=str
)
@pytest.mark.parametrize("networks", [CABLE, LOSSY], ids=["calm", "lossy"])
def test_three_ways_have_one_digest(design, pool, networks):
    from models import DESIGNS

    variant = DESIGNS[design].variant("polls", {"http": {"pool": pool}})
    world = scenario(networks=networks, servers={"http_keep_alive_s": 3.0})
    assert len(set(digests(world, variant).values())) == 1


def test_columns_of_a_poll_are_apart_and_fit():
    names = [name for name in vars(polls) if name.isupper()]
    columns = [getattr(polls, one) for one in names[names.index("STATE") : names.index("WIDTH")]]
    assert sorted(columns) == list(range(polls.WIDTH))
