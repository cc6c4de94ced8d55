"""Single figures of real software: requests, stalls, a lost log, and two cells under loss.

Measured on 2026-11-28 with Linux 6.18, a router in user space, 50 ms there and back and no loss
unless said; Node.js 20.20.2, socket.io 4.8.4, nginx 1.22, mosquitto 2.0.11, MQTT.js 5.16.0. What
the model misses is marked so, with what is known of the cause; a mark fails when it is met.
"""

from pathlib import Path

import pytest
from stage import Stage

from models import DESIGNS
from sim.validation import campaign, compare
from sim.validation.measured import Measurements, read

CELLS = Path(__file__).parents[2] / "results" / "validation" / "paths"
LINK = {
    "share": 1.0,
    "profile": "lan",
    "delay": {"kind": "constant", "delay_s": 0.025},
    "rate": {"kind": "none"},
}
ONE_PROCESS = {"gateways": 1, "api_nodes": 0, "cores": 1}


@pytest.mark.parametrize(("message", "measured_ms"), [(0, 102.8), (1, 52.8)])
def test_a_post_on_a_new_connection_costs_one_round_trip_more(message, measured_ms):
    """Node.js agent, service of about 0; medians of 130 cold and 40 warm requests."""
    design = DESIGNS["hybrid"].variant("node", {"pool": "node"})
    sends = [(2.0, 0), (3.0, 0)]
    stage = Stage(design, sends, networks=[LINK], servers=ONE_PROCESS, store={"write_s": 0.0})
    took_ms = (stage.run(5.0).told_s(message) - sends[message][0]) * 1e3
    assert took_ms == pytest.approx(measured_ms, rel=compare.P50_WITHIN)


def test_two_more_cells_under_two_per_cent_loss():
    """POST and held GET (p50 52, p95 102, p99 319 ms) and MQTT.js over WebSocket (51, 125, 364).

    Missed: the 95th percentile of MQTT.js. 4 % of the model's messages are late, as two links of
    2 % make it, and its 95th percentile lies before that step; 5 % and more of the real ones were.
    """
    found = read(CELLS)
    verdicts = compare.judge(campaign.run(campaign.cells(found, DESIGNS), campaign.Effort()), found)
    assert len(verdicts) == 6
    missed = [one.key for one in verdicts if not one.inside]
    assert missed == ["latency-mqttjs-ws-qos0-loss-0-02 p95_ms"]


def test_a_log_that_a_killed_server_had_in_memory():
    """wsresync, ten rooms, killed five times every 33 s: 284 messages lost a kill (2026-11-23).

    Readers come back with cursors ahead of an empty log. With a log in a store none are lost. The
    model's runs hardly differ, so 284 lies outside their spread; it is 4 % off.
    """
    row = {
        "fault": "kill", "cell": "wsresync", "down_s": "3", "up_s": "30", "side": "sv",
        "outages": "5", "rooms": "10", "sent": "1650", "lost": "1420",
    }  # fmt: skip
    found = Measurements({"outages": (row,)})
    predicted = campaign.run(campaign.cells(found, DESIGNS), campaign.Effort(2, 1))
    (lost,) = compare.judge(predicted, found)
    assert lost.quantity == "lost_per_outage"
    assert lost.predicted == pytest.approx(lost.measured, rel=0.05)


def dropped(design, people, period_s):
    """How many clients lose their connection when the server stands still for 30 s.

    They have connected evenly over a period of the heartbeat.
    """
    stall = {"kind": "node-pause", "node": 0, "at_s": 60.0, "for_s": 30.0}
    world = {"networks": [LINK], "servers": ONE_PROCESS, "faults": [stall]}
    stage = Stage(design, people=people, joins=False, **world)
    for person in range(people):
        stage.at(period_s * person / people, stage.system.join, person)
    stage.run(200.0).system.finish()
    return len({gap["person"] for gap in stage.gaps()})


def test_socketio_clients_drop_a_server_that_stands_still():
    """8 of 20 dropped; (30 - pingTimeout 20) / pingInterval 25 of them should."""
    assert dropped("socketio", 20, 25.0) == pytest.approx(8, abs=1)


def test_aiohttp_drops_nobody_after_it_was_stopped():
    """0 of 10 dropped by SIGSTOP for 30 s: heartbeat every 20 s, 10 s for the pong.

    What has come in meanwhile is read before timers are looked at.
    """
    design = DESIGNS["full-websocket"].variant("aiohttp", {"heartbeat": "none+aiohttp"})
    assert dropped(design, 10, 20.0) == 0
