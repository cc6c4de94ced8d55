"""The page on paths says what is so."""

import re
from pathlib import Path

import pytest

from models import DESIGNS
from sim.history import REASONS
from sim.network.correlated import stationary_loss
from sim.path.guard import AGE, IDLE, RELOAD, REMOVED
from sim.path.spec import Middlebox
from sim.scenario.load import Source, check

PAGE = (Path(__file__).parents[3] / "docs" / "paths.md").read_text("utf-8")


def test_the_example_is_a_scenario(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    scenario = check(Source("x.toml", text, tmp_path), DESIGNS)
    assert scenario.servers.box() == Middlebox(preset="nginx", idle_timeout_s=300.0)
    assert scenario.servers.keep_alive_s == 6.0
    assert scenario.networks[0].nat == "carrier-5min"
    assert (scenario.path[0].networks, scenario.path[0].drain_s) == ((1,), 60.0)


@pytest.mark.parametrize("key", Middlebox.model_fields)
def test_every_key_is_on_the_page(key):
    assert key in PAGE


@pytest.mark.parametrize("reason", [IDLE, AGE, RELOAD, REMOVED])
def test_the_reasons_are_as_recorded(reason):
    assert reason in REASONS
    assert f'"{reason}"' in PAGE


def test_the_share_lost_is_that_of_netem():
    assert f"{100 * stationary_loss(0.1, 0.25):.2f} %" in PAGE
