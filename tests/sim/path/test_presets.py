"""Boxes by name come from tables with a source; a new one is a new table and nothing else."""

import re
from importlib import resources

import pytest

from sim.path.presets import PRESETS, read_presets
from sim.path.spec import Middlebox

MADE = """
[made]
what = "a box made up"
source = "this test"
layer = 7
idle_timeout_s = 42
on_cut = "silence"
"""


def test_a_preset_is_one_table_in_one_file(tmp_path):
    shipped = resources.files("sim.path").joinpath("boxes")
    for file in shipped.iterdir():
        (tmp_path / file.name).write_text(file.read_text("utf-8"))
    (tmp_path / "made.toml").write_text(MADE)
    (tmp_path / "notes.txt").write_text("not a preset")
    found = read_presets(tmp_path)
    assert set(found) == {*PRESETS, "made"}
    made = found["made"]
    assert (made.name, made.what, made.source) == ("made", "a box made up", "this test")
    assert (made.limits.idle_timeout_s, made.limits.on_cut) == (42.0, "silence")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MADE.replace('source = "this test"', ""), "made.toml: made: what or source is missing"),
        (MADE.replace("idle_timeout_s", "idle"), "idle"),
        (MADE.replace("[made]", "[nginx]"), "'nginx' is in another file, too"),
    ],
)
def test_a_bad_table_is_refused(text, message, tmp_path):
    (tmp_path / "made.toml").write_text(text)
    (tmp_path / "z.toml").write_text(MADE.replace("[made]", "[nginx]"))
    with pytest.raises(ValueError, match=re.escape(message)):
        read_presets(tmp_path)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_says_who_says_so_and_can_be_used(name):
    preset = PRESETS[name]
    assert len(preset.source) > 20
    assert Middlebox(preset=name).filled() == preset.limits
    assert preset.limits.layer in (4, 7)
    assert (
        list(
            Middlebox(preset=name, **preset.limits.model_dump()).problems(nearest=True, checks=True)
        )
        == []
    )


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("nginx", "idle_timeout_s", 60),
        ("nginx", "keep_alive_s", 75),
        ("haproxy", "on_cut", "close-and-reset"),
        ("aws-alb", "idle_timeout_s", 60),
        ("aws-nlb", "idle_timeout_s", 350),
        ("aws-nlb", "on_cut", "reset-on-use"),
        ("aws-api-gateway", "idle_timeout_s", 600),
        ("aws-api-gateway", "max_age_s", 7200),
        ("cloudflare", "idle_timeout_s", 100),
        ("nat-rfc5382", "idle_timeout_s", 7440),
        ("envoy", "answer_timeout_s", 15),
        ("nginx", "retries", "unless-posted"),
        ("nginx", "max_fails", 1),
        ("nginx", "down_s", 10),
        ("nginx", "connect_timeout_s", 60),
        ("haproxy", "retry_at", "same"),
        ("haproxy", "tries_max", 4),
        ("haproxy", "check_s", 2),
        ("aws-alb", "check_s", 30),
        ("aws-alb", "check_fails", 2),
        ("aws-alb", "connect_timeout_s", 10),
        ("aws-alb", "removal_s", 300),
        ("envoy", "retries", None),
        ("cloudflare", "connect_timeout_s", 19),
    ],
)
def test_the_numbers_are_those_of_the_makers(name, key, value):
    assert getattr(PRESETS[name].limits, key) == value
