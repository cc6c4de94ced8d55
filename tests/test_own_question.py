"""The worked example of an architect's own question: what it says is in it, and it runs."""

import re
import shlex
from pathlib import Path

import pytest

import sim
from sim.history import REASONS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples" / "own-question"
SCENARIO = FOLDER / "question.toml"
PAGE = (FOLDER / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^rtcsim .+", PAGE, re.MULTILINE)


def typed(change):
    key, _, value = change.partition("=")
    return key, int(value)


def test_the_scenario_is_the_one_that_the_page_tells_of():
    asked = sim.load_scenario(SCENARIO)
    assert (asked.people.count, asked.servers.gateways, asked.servers.proxy) == (50_000, 8, "nginx")
    assert asked.designs == ("socketio", "hybrid-cursor", "mqtt-qos1")
    (deploy,) = asked.faults
    assert deploy.kind == "rolling-deploy"
    each_s = deploy.drain_s + deploy.restart_s
    assert deploy.at_s + asked.servers.gateways * each_s < asked.time.measure_s


def test_every_command_is_about_this_file():
    assert len(COMMANDS) == 4
    for line in COMMANDS:
        words = shlex.split(line)
        assert str(SCENARIO.relative_to(ROOT)) in words
        changes = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
        sim.load_scenario(SCENARIO, dict(map(typed, changes)))


def test_it_is_answered_in_small():
    results = sim.compare(SCENARIO, None, {"people.count": 200, "footing": "shipped"}, 2)
    names = results.table("loss_pressed").index.get_level_values(0).unique()
    assert tuple(names) == sim.load_scenario(SCENARIO).designs
    assert results.answer


@pytest.mark.parametrize(("limit_s", "cut"), [(59.0, True), (60.0, False), (90.0, False)])
def test_the_race_of_heartbeat_and_proxy_is_there(limit_s, cut):
    """MQTT.js beats 60 s after its last beat, and nginx cuts 60 s after the answer to that."""
    asked = sim.load_scenario(SCENARIO, {
        "people.count": 100, "servers.idle_timeout_s": limit_s, "faults": [], "networks":
        [{"share": 1.0, "profile": "cable"}], "actions.send.per_person_per_minute": 0.0,
    })  # fmt: skip
    history = sim.run_replication(asked, sim.designs()["mqtt-qos1"], 0)
    reasons = {REASONS[code] for code in history.tables["episodes"]["reason"]}
    assert ("idle time-out" in reasons) == cut
