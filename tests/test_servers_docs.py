"""The page on servers says what is so."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from models import DESIGNS
from models.connections.backlog import OVERFLOW
from models.costs import Costs
from models.options import Recovery
from models.protocols.message_limit import CUT, HOLD, REFUSE
from models.protocols.send_buffer import DISCONNECT, DROP_NEWEST, DROP_OLDEST
from models.servers.admission import RATE_LIMITED, SHED
from models.servers.catching_up import OUT_OF_STORE, OUT_OF_WINDOW
from sim import load_scenario
from sim.faults import FORMS, KINDS
from sim.history import CAUSES, REASONS
from sim.metrics import METRICS
from sim.remote import AGAIN_S
from sim.scenario.load import Source, check
from sim.scenario.servers import Authenticator, Backplane, Servers, Store

PAGE = (Path(__file__).parents[1] / "docs" / "servers.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
NEW = ("token_check_s", "session_reads", "queue_limit_s", "buffer_limit_bytes", "buffer_full")


def test_the_example_is_a_scenario(tmp_path):
    text = EXAMPLES[0]
    scenario = check(Source("x.toml", text, tmp_path), DESIGNS)
    assert scenario.servers.queue_limit_s == 1.0
    assert scenario.store.writes_per_s == 1000
    assert [fault.kind for fault in scenario.faults] == [
        "node-pause",
        "rolling-deploy",
        "add-nodes",
    ]


def test_the_variants_of_the_page_can_be():
    for text in (one for one in EXAMPLES if "[variants." in one):
        for name, fields in tomllib.loads(text)["variants"].items():
            base = DESIGNS[fields.pop("base")]
            assert base.variant(name, fields).options != base.options


def test_the_limits_of_the_page_are_those_of_a_scenario():
    (text,) = (one for one in EXAMPLES if "rate_per_s" in one)
    limits = Servers(**tomllib.loads(text)["servers"])
    assert limits.shed_limit_s < limits.queue_limit_s
    for cause in (RATE_LIMITED, SHED):
        assert f"*{cause}*" in PAGE
        assert cause in CAUSES


def test_the_page_says_what_becomes_of_what_a_connection_does_not_take():
    for over in (REFUSE, CUT, HOLD):
        assert f"| `{over}` |" in PAGE
    assert RATE_LIMITED in REASONS
    (text,) = (one for one in EXAMPLES if 'kind = "flood"' in one)
    made = load_scenario(changes=tomllib.loads(text))
    assert made.faults[0].sends_per_s == 10.0
    for figure in ("flood_taken", "flood_stopped"):
        assert f"`{figure}`" in PAGE
        assert figure in {one.name for one in METRICS}


def test_the_page_says_what_each_way_with_slow_readers_shows_as():
    for full in (DISCONNECT, DROP_NEWEST, DROP_OLDEST):
        assert f"| `{full}` |" in PAGE
    assert "*slow reader*" in PAGE
    assert "slow reader" in REASONS
    assert f"*{OVERFLOW}*" in PAGE


def test_the_page_says_what_each_answer_to_a_miss_costs():
    behind = get_args(Recovery.model_fields["behind"].annotation)
    assert [one for one in behind if f"| `{one}` |" not in PAGE] == []
    for cause in (OUT_OF_WINDOW, OUT_OF_STORE):
        assert f"*{cause}*" in PAGE


@pytest.mark.parametrize(
    "key", [*NEW, "writes_per_s", "reads_per_s", "check_s", "publish_s", "receiver_s"]
)
def test_the_keys_of_the_page_are_those_of_a_scenario(key):
    sections = (Servers, Store, Authenticator, Backplane)
    assert any(key in section.model_fields for section in sections)
    assert key in PAGE


def test_the_numbers_of_the_example_are_the_defaults_where_it_says_whose_they_are():
    assert f"token_check_s = {1e6 * Servers().token_check_s:g}e-6" in PAGE
    assert f"publish_s = {1e6 * Backplane().publish_s:g}e-6" in PAGE
    assert f"receiver_s = {1e6 * Backplane().receiver_s:g}e-6" in PAGE


def test_the_order_after_a_pause_is_a_figure_of_the_software():
    assert "`reads_first`" in PAGE
    assert "reads_first" in Costs.__dataclass_fields__


def test_the_faults_of_what_is_behind_are_those_that_there_are():
    named = set(re.findall(r"`(backend-[a-z]+)`", PAGE))
    assert named == {kind for kind in KINDS if kind.startswith("backend-")}
    for kind in named:
        for key in KINDS[kind].model_fields.keys() - {"kind", "at_s"}:
            assert f"`{key}`" in PAGE or f"`{key} = " in PAGE
    assert f"every {AGAIN_S:g} s" in PAGE
    assert f"{Store().timeout_s:g} s of patience" in PAGE
    (classes,) = re.findall(r"--faults ([a-z,-]+)", PAGE)
    assert set(classes.split(",")) <= set(FORMS)
