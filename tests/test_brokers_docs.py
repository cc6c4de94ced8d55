"""The page on brokers says what is so: of presets, of costs, and of one experiment."""

import math
import re
import tomllib
from pathlib import Path

import pytest
from small import scenario

from models import DESIGNS
from models.costs import BROKER_COSTS
from models.protocols.backoff import BACKOFFS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS
from models.settings import WHOLES
from sim.experiment.run import run_replication
from sim.metrics.judged import DELIVERED, LOST, Judged
from sim.scenario.load import Change, check, open_scenario

PAGE = (Path(__file__).parents[1] / "docs" / "brokers.md").read_text("utf-8")
TABLES = [
    {
        cells[0].strip("` "): [cell.strip() for cell in cells[1:]]
        for cells in (line.strip("|").split("|") for line in table.splitlines()[2:])
    }
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
]
KEEPS, SPENDS, SPLIT, CLIENTS = TABLES
VARIANTS, FAULT = (
    tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
)
BROKERS, LIBRARIES = (WHOLES[key][1] for key in ("broker", "library"))
FALLS = {"newest": "the newest", "oldest": "the oldest"}
AGAIN = {"all": "all at once", "serial": "one by one", "window": "as the window allows"}


def test_every_product_is_in_every_table():
    assert set(KEEPS) == set(SPENDS) == set(BROKERS) == set(BROKER_COSTS)
    assert set(SPLIT) == set(BROKERS) - {"mosquitto"}
    assert set(CLIENTS) == set(LIBRARIES)


@pytest.mark.parametrize("name", BROKERS)
def test_a_broker_keeps_what_the_page_says(name):
    broker = MQTT_BROKERS[name]
    sender, lasts_h = broker.sender, broker.session_expiry_s / 3600
    limited = sender.queue_limit < math.inf
    again = "on reconnecting" if sender.retry_s == math.inf else f"after {sender.retry_s:g} s"
    assert KEEPS[name] == [
        str(sender.window),
        f"{sender.queue_limit:g}" if limited else "no limit",
        FALLS[sender.drop] if limited else "nothing",
        "waits" if sender.qos0_offline else "falls",
        f"{lasts_h:g} h" if lasts_h < math.inf else "for ever",
        "yes" if broker.on_disk else "no",
        str(broker.qos_max),
        again,
    ]


@pytest.mark.parametrize("name", BROKERS)
def test_a_broker_spends_what_the_page_says(name):
    costs = BROKER_COSTS[name].at(1)
    spent_us = [1e6 * one for one in (costs.message_in_s, costs.message_out_s, costs.open_s)]
    cores = "all" if costs.cores_max == math.inf else "one"
    assert SPENDS[name] == [
        *[f"{one:.4g} us" for one in spent_us], f"{costs.connection_bytes:,} B", cores,
    ]  # fmt: skip


def test_what_brokers_do_in_a_netsplit_is_what_the_page_says():
    for name, (during, elsewhere, after) in SPLIT.items():
        broker = MQTT_BROKERS[name]
        assert ("takes no connection" in during) is (broker.netsplit == "refuse")
        assert ("is lost" in during and "both sides go on" in during) is (broker.netsplit == "lose")
        sent_away = broker.netsplit == "refuse" or broker.elsewhere == "wait"
        assert ("is refused" in elsewhere) is sent_away
        heals = broker.heals_after_s < math.inf
        assert (f"for {broker.heals_after_s:g} s; then the smaller side" in after) is heals


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_is_what_the_page_says(name):
    design = DESIGNS["mqtt-qos1"].variant("mine", {"library": name})
    ping = design.options.heartbeat.ends.client.ping
    alive, looks, back, dial, window, again = CLIENTS[name]
    assert alive.startswith(f"{ping.interval_s:g} s")
    assert f"{ping.timeout_s:g} s" in alive
    assert looks == ("every second" if ping.tick_s == 1.0 else "at once")
    waits = [design.options.backoff.policy.delay_s(at, 0.0, lambda: 0.5) for at in range(9)]
    doubled = [min(2.0**at, 120.0) for at in range(9)]
    assert waits == (doubled if "doubled up to 120 s" in back else [1.0] * 9)
    assert dial == f"{design.options.connection.connect_timeout_s:g} s"
    assert (window, again) == (
        str(MQTT_CLIENTS[name].sender.window), AGAIN[MQTT_CLIENTS[name].sender.resend],
    )  # fmt: skip
    assert design.options.backoff.policy.source in {one.source for one in BACKOFFS.values()}


def test_examples_are_what_can_be():
    for name, fields in VARIANTS["variants"].items():
        changes = {key: value for key, value in fields.items() if key != "base"}
        assert DESIGNS[fields["base"]].variant(name, changes).name == name
    asked = [(("faults",), FAULT["faults"]), (("designs",), ["mqtt-qos1"])]
    made = [Change(at, value, "--set") for at, value in asked]
    assert check(open_scenario("rolling-deploy"), DESIGNS, made).faults[0].nodes == 1


def share(broker, *fates):
    """Receptions owed with one of these fates, of 60 people as in the page's experiment."""
    design = DESIGNS["mqtt-qos1"].variant("mine", {"broker": broker})
    world = scenario(
        time={"warmup_s": 60.0, "measure_s": 240.0, "drain_s": 120.0},
        people={"count": 60},
        networks=[{"share": 1.0, "profile": "wifi"}],
        servers={"gateways": 3, "api_nodes": 1},
        faults=FAULT["faults"],
    )
    fate = Judged(run_replication(world, design, 0)).fate
    return float(sum((fate == one).mean() for one in fates))


@pytest.mark.parametrize(("broker", "lasts_s"), [("emqx", 75.0), ("rabbitmq", 60.0)])
def test_what_is_lost_is_what_would_have_had_to_cross(broker, lasts_s):
    """4 of 9 pairs are on different sides of one gateway of three."""
    law = lasts_s / 240.0 * 4.0 / 9.0
    assert f"{lasts_s:g} / 240 x 4 / 9" in PAGE
    assert f"{100 * law:.1f} %" in PAGE
    low, high = re.search(rf"^{broker} .*?\((\S+) – (\S+)\)", PAGE, re.MULTILINE).groups()
    assert float(low) < 100 * law < float(high)
    assert share(broker, LOST) == pytest.approx(law, abs=0.03)


def test_vernemq_loses_nothing_and_its_clients_keep_a_quarter():
    assert len(re.findall(r"^vernemq\S* +none ", PAGE, re.MULTILINE)) == 2
    assert share("vernemq", LOST) == 0.0
    assert share("vernemq", DELIVERED) == pytest.approx(0.74, abs=0.04)
    assert share({"preset": "vernemq", "netsplit": "keep"}, DELIVERED) == 1.0
