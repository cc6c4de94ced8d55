"""Requests on rows: what is calm needs no objects, and what is not is left to them."""

import numpy as np
import pytest
from counted import left_of
from small import scenario

from models import DESIGNS
from models.calm import rows
from models.calm.posting import requests
from tests.properties.three_ways import digests

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]
LOSSY = [{"share": 1.0, "profile": "cable", "loss": {"kind": "bernoulli", "ratio": 0.05}}]
CODES = (
    rows.REQUEST_ARRIVED, rows.REQUEST_TAKE, rows.REQUEST_LATE, rows.REQUEST_ACCEPT,
    rows.REQUEST_ANSWERED, rows.REQUEST_RAN_OUT,
)  # fmt: skip


def acted(history):
    """How many senders were told."""
    return int(np.isfinite(history.tables["messages"]["told_s"]).sum())


@pytest.mark.parametrize("design", ["hybrid", "hybrid-cursor"])
def test_calm_people_are_answered_in_rows(monkeypatch, design):
    left, history = left_of(monkeypatch, scenario(networks=CABLE), design)
    told = acted(history)
    assert told > 100
    assert left[rows.ACT_NOW] < 0.6 * told  # first ones, lists, and two at once
    assert sum(left[code] for code in CODES) <= left[rows.ACT_NOW]


def test_what_is_kept_in_a_log_is_put_there_by_objects_and_goes_on_in_rows(monkeypatch):
    left, _ = left_of(monkeypatch, scenario(networks=CABLE), "hybrid-cursor")
    assert left[rows.REQUEST_LOG] > left[rows.REQUEST_ACCEPT] == 0
    left, _ = left_of(monkeypatch, scenario(networks=CABLE), "hybrid")
    assert left[rows.REQUEST_LOG] == 0


def test_an_answer_that_is_lost_is_left_to_objects(monkeypatch):
    left, _ = left_of(monkeypatch, scenario(networks=LOSSY), "hybrid")
    assert left[rows.REQUEST_ACCEPT] > 0


POOLS = ["browser", "aiohttp", {"preset": "browser", "idle_s": 0.7}, {"send_cost_s": 0.001}]


@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("networks", [CABLE, LOSSY], ids=["calm", "lossy"])
def test_three_ways_have_one_digest(pool, networks):
    settings = {"pool": pool, "request_timeout_s": 0.12}
    variant = DESIGNS["hybrid-cursor"].variant("pools", {"http": settings})
    world = scenario(networks=networks, servers={"http_keep_alive_s": 1.5})
    assert len(set(digests(world, variant).values())) == 1


@pytest.mark.parametrize("queue_limit_s", [1e-6, 1e-4], ids=str)
def test_refusals_have_one_digest_by_three_ways(queue_limit_s):
    world = scenario(networks=CABLE, servers={"queue_limit_s": queue_limit_s, "cores": 1})
    assert len(set(digests(world, DESIGNS["hybrid"]).values())) == 1


def test_columns_of_a_request_are_apart_and_fit():
    names = [name for name in vars(requests) if name.isupper()]
    columns = [getattr(requests, one) for one in names[names.index("STATE") : names.index("WIDTH")]]
    assert sorted(columns) == list(range(requests.WIDTH))
