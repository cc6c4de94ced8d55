"""The page on backplanes says what is so."""

import re
import tomllib
from pathlib import Path

import pytest

from models import DESIGNS
from models.protocols.redis import HARD_BYTES, REDIS_CLIENTS, SOFT_BYTES, SOFT_S
from models.servers.backplane import backplanes
from sim.metrics import METRICS
from sim.scenario.servers import Backplane

PAGE = (Path(__file__).parents[1] / "docs" / "backplanes.md").read_text("utf-8")
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells[1:]]
    for cells in (
        line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| `")
    )
}
VARIANTS, NEIGHBOUR = (
    tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
)


@pytest.mark.parametrize("kind", backplanes())
def test_every_backplane_is_there_and_whether_state_is_recovered_over_it(kind):
    assert ROWS[kind][-1] == ("allowed" if backplanes()[kind].KEEPS_OFFSETS else "refused")


def test_examples_are_what_can_be():
    for name, fields in VARIANTS["variants"].items():
        base = fields.pop("base")
        assert DESIGNS[base].variant(name, fields).name == name
    assert Backplane.model_validate(NEIGHBOUR["backplane"]).neighbour is not None


def test_clients_wait_as_the_page_says():
    for name, client in REDIS_CLIENTS.items():
        words = ROWS[name][0]
        if words != "the same":
            assert words.startswith(
                f"{1000 * client.first_s:g} ms, doubled up to {client.cap_s:g} s"
            )
            assert words.endswith(f"up to {1000 * client.spread_s:g} ms more")
    assert f"fail after {REDIS_CLIENTS['ioredis'].retries} retries" in ROWS["ioredis"][1]
    limits = f"{HARD_BYTES >> 20} MiB wait, or more than {SOFT_BYTES >> 20} MiB for {SOFT_S:g} s"
    assert limits in PAGE


def test_figures_of_the_page_are_figures():
    for name in ("copies_discarded", "requests_timed_out", "request_time", "foreign_leaked"):
        assert f"`{name}`" in PAGE
        assert name in {metric.name for metric in METRICS}


def test_costs_of_the_page_are_the_defaults():
    assert f"{1e6 * Backplane().publish_s:g} us and {1e6 * Backplane().receiver_s:g} us" in PAGE
    assert f"{1e6 * backplanes()['redis-pubsub'].COST_S:g} us, one command" in PAGE
