"""What a scenario may say about boxes, in full and in short."""

import json
import pickle
from math import inf

import pytest
from pydantic import ValidationError

from sim.path.presets import PRESETS
from sim.path.spec import Front, Middlebox, spreader


def test_a_preset_with_a_number_of_ones_own():
    filled = Middlebox(preset="nginx", idle_timeout_s=300.0).filled()
    assert (filled.idle_timeout_s, filled.keep_alive_s, filled.layer) == (300.0, 75.0, 7)


def test_a_limit_of_a_preset_can_be_lifted():
    assert Middlebox(preset="nginx", idle_timeout_s=0.0).filled().idle_timeout_s == 0.0


def test_numbers_alone():
    assert Middlebox(idle_timeout_s=30.0).filled().model_dump(exclude_none=True) == {
        "idle_timeout_s": 30.0
    }


@pytest.mark.parametrize("given", [{}, {"networks": [0]}, {"idle_timeout_s": 0}])
def test_a_box_that_does_nothing_is_refused(given):
    with pytest.raises(ValidationError, match="does nothing; allowed: a preset, or a limit"):
        Middlebox.model_validate(given)


@pytest.mark.parametrize("given", [{"preset": "ngnix"}, {"preset": "nginx", "networks": [-1]}])
def test_what_is_not_there_is_refused(given):
    with pytest.raises(ValidationError):
        Middlebox.model_validate(given)


def test_the_schema_knows_the_names():
    """Error messages, `rtcsim new` and editors print them from there."""
    names = Middlebox.model_json_schema()["properties"]["preset"]["anyOf"][0]["enum"]
    assert names == list(PRESETS)


def test_it_survives_the_round_trips():
    given = {"preset": "nginx", "networks": [0, 2], "reload_at_s": [30.0], "max_age_s": 9.0}
    box = Middlebox.model_validate_json(json.dumps(given), strict=True)
    assert Middlebox.model_validate_json(box.model_dump_json(), strict=True) == box
    assert pickle.loads(pickle.dumps(box)) == box


@pytest.mark.parametrize(
    ("given", "box"),
    [
        ({}, None),
        ({"idle_timeout_s": 0}, None),
        ({"proxy": "nginx"}, Middlebox(preset="nginx")),
        ({"idle_timeout_s": 600}, Middlebox(idle_timeout_s=600)),
        ({"max_age_s": 7200}, Middlebox(max_age_s=7200)),
        ({"proxy": "nginx", "proxy_count": 3}, Middlebox(preset="nginx", count=3)),
        (
            {"proxy": "nginx", "idle_timeout_s": 600, "max_age_s": 7200},
            Middlebox(preset="nginx", idle_timeout_s=600, max_age_s=7200),
        ),
    ],
)
def test_the_short_form_is_a_box_before_the_servers(given, box):
    assert Front.model_validate(given).box() == box


NLB, CHECKED = Middlebox(preset="aws-nlb"), Middlebox(preset="aws-nlb", check_s=10.0)
NGINX, THREE = Middlebox(preset="nginx"), Middlebox(preset="nginx", count=3)


@pytest.mark.parametrize(
    ("boxes", "place"),
    [
        ((CHECKED, THREE), 0),
        ((NLB, THREE), None),
        ((THREE, CHECKED), None),  # behind them
        ((CHECKED, NGINX), None),  # nothing to spread
        ((CHECKED, NLB, THREE), 0),
        ((CHECKED, Middlebox(preset="aws-nlb", check_s=5.0), THREE), 1),
        ((CHECKED, Middlebox(preset="aws-nlb", check_s=5.0, networks=(0,)), THREE), 0),
        ((Middlebox(preset="aws-alb"), THREE), None),
        ((CHECKED,), None),
    ],
)
def test_who_spreads_people_over_several_proxies(boxes, place):
    assert spreader(boxes) is (None if place is None else boxes[place])


@pytest.mark.parametrize("count", [0, 1001, 1.5])
def test_there_is_at_least_one_and_not_any_number(count):
    with pytest.raises(ValidationError):
        Middlebox(preset="nginx", count=count)
    with pytest.raises(ValidationError):
        Front(proxy="nginx", proxy_count=count)


@pytest.mark.parametrize(
    ("given", "keep_alive_s"),
    [
        ({}, 75.0),  # aiohttp, whose costs were measured
        ({"http_keep_alive_s": 9}, 9.0),
        ({"http_server": "node-20"}, 6.0),
        ({"http_server": "nginx"}, 75.0),
        ({"http_server": "node-20", "http_keep_alive_s": 30}, 30.0),
        ({"http_server": "node-20", "http_keep_alive_s": 0}, inf),
        ({"http_server": "go"}, inf),
    ],
)
def test_the_servers_keep_idle_connections_as_long_as_they_say(given, keep_alive_s):
    assert Front.model_validate(given).keep_alive_s == keep_alive_s
