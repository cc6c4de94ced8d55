"""The shipped cells are what the function makes; other cells of the campaign get a twin too."""

import tomllib
from pathlib import Path

import pytest

import sim.validation
from models import DESIGNS
from models.protocols.http.pools import POOLS
from models.settings import FLAT
from sim.errors import InputError
from sim.validation import twins
from sim.validation.campaign import cells
from sim.validation.measured import Measurements, recorded

FOLDER = Path(sim.validation.__file__).parent / "cells"


def outage(**other):
    row = {
        "fault": "link", "cell": "ws", "down_s": "40", "up_s": "60", "side": "rx",
        "outages": "2", "rooms": "10", "sent": "2000",
    }  # fmt: skip
    return row | other


def latency(cell, loss="0.02", sent="4800", **other):
    return {"cell": cell, "packet_loss": loss, "sent": sent} | other


def load(*, latencies=(), outages=()):
    return cells(Measurements({"latency": tuple(latencies), "outages": tuple(outages)}), DESIGNS)


def test_every_recorded_cell_has_its_file_and_no_other_file_is_there():
    made = {one.name for one in cells(recorded(), DESIGNS)}
    assert made == {file.stem for file in FOLDER.glob("*.toml")}


def test_the_files_are_what_the_functions_make():
    found = recorded()
    campaigns = {}
    for row in found.of("outages"):
        key = (row["fault"], row["cell"], row["down_s"], row["up_s"])
        campaigns.setdefault(key, []).append(row)
    made = [twins.latency(row) for row in found.of("latency")]
    made += [twins.outages(tuple(rows)) for rows in campaigns.values()]
    made += [twins.conflict(row) for row in found.of("id_conflict")]
    made += [twins.storm(row) for row in found.of("reconnect_storm")]
    for twin in made:
        kept = tomllib.loads((FOLDER / f"{twin.name}.toml").read_text("utf-8"))
        assert tomllib.loads(twin.text) == kept  # whose comments are for people


@pytest.mark.parametrize(
    ("cell", "field", "expected"),
    [
        ("mqtt0", "qos", 0),
        ("mqtt2", "qos", 2),
        ("mqtt1-nd", "client_nodelay", True),
        ("mqtt1", "server_nodelay", False),
        ("mqtt2-persist", "clean_session", False),
        ("mqtt1-clean", "recovery", "none"),
        ("ws", "close_timeout_s", 1.0),
        ("wsresync", "recovery", "cursor"),
        ("hybrid", "pool", "aiohttp-6"),
        ("longpoll", "receive", "long-poll"),
        ("sio-ws", "socketio_transport", "websocket"),
        ("sio-retries", "socketio_retries", 3),
    ],
)
def test_a_cells_name_says_what_ran(cell, field, expected):
    (made,) = load(latencies=[latency(cell)])
    if field == "receive":
        assert made.design.receive == expected
        return
    group, key = FLAT.get(field, (field, "kind"))
    shown = POOLS[expected] if field == "pool" else expected
    assert getattr(getattr(made.design.options, group), key) == shown


def test_the_period_decides_how_many_write_and_how_often():
    (made,) = load(latencies=[latency("ws-p0.1", sent="12000")])
    assert made.scenario.people.count == 20
    assert made.scenario.actions.send.per_person_per_minute == 600
    (made,) = load(latencies=[latency("mqtt0-p0.25", sent="9600")])
    assert made.scenario.people.count == 40


def test_bursts_are_shared_by_all_clients_of_a_link():
    (made,) = load(latencies=[latency("ws", mean_good_s="9", mean_bad_s="0.5")])
    loss = made.scenario.networks[0].loss
    assert (loss.kind, loss.shared, loss.loss_bad, loss.from_s) == ("gilbert-elliott", True, 1, 61)


def test_both_sides_of_a_link_campaign_are_one_run():
    (made,) = load(outages=[outage(), outage(side="tx")])
    assert [one.side for one in made.outages] == ["rx", "tx", "rx", "tx"]
    assert [one.start_s for one in made.outages] == [77, 177, 277, 377]
    tx, rx = (network.outages.intervals for network in made.scenario.networks)
    assert rx == ((77, 117), (277, 317))
    assert tx == ((177, 217), (377, 417))


def test_a_killed_server_takes_as_long_to_start_as_its_software_does():
    (made,) = load(outages=[outage(fault="kill", cell="mqtt1-clean", down_s="3", side="sv")])
    crash = made.scenario.faults[0]
    assert (crash.kind, crash.restart_s, crash.restart_spread_s) == ("node-crash", 3.0, 0.05)
    (made,) = load(outages=[outage(fault="kill", cell="longpoll", down_s="3", side="sv")])
    assert made.scenario.faults[0].restart_s == pytest.approx(4.2)


def test_resets_strike_everybody():
    (made,) = load(outages=[outage(fault="rst", cell="hybrid", down_s="0", side="n")])
    assert {(one.kind, one.share) for one in made.scenario.faults} == {("mass-disconnect", 1.0)}


def test_what_has_no_twin_is_refused():
    with pytest.raises(InputError, match="cell 'carrier-pigeon': no twin"):
        load(latencies=[latency("carrier-pigeon")])
    with pytest.raises(InputError, match="fault 'flood'"):
        load(outages=[outage(fault="flood")])


def test_a_storm_is_counted_from_when_the_server_listens():
    (row,) = recorded().of("reconnect_storm")
    twin = twins.storm(row)
    assert twin.outages[0].down_s == pytest.approx(3.14)
    assert "restart_s = 3.14\n" in twin.text


@pytest.mark.parametrize(
    ("cell", "least_s", "spread_s"), [("sio", 3.6, 0.6), ("mqtt1-persist", 3, 0.05), ("ws", 4.2, 1)]
)
def test_a_killed_server_takes_its_softwares_time_to_listen(cell, least_s, spread_s):
    row = outage(fault="kill", cell=cell, down_s="3", up_s="30", side="sv")
    (crash, _) = tomllib.loads(twins.outages((row,)).text)["faults"]
    assert (crash["restart_s"], crash["restart_spread_s"]) == (least_s, spread_s)


@pytest.mark.parametrize(("cell", "log"), [("wsresync", "memory"), ("ws", "store")])
def test_the_measured_servers_keep_what_was_said_in_memory(cell, log):
    (made,) = load(outages=[outage(cell=cell)])
    assert made.design.options.recovery.log == log
