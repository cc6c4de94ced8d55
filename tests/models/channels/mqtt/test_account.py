"""What a broker has of a person, when its host is lost: the session waits on the host's disk."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.channels.mqtt.account import Account

ON_DISK = DESIGNS["mqtt-qos1"].variant("mine", {"mqtt_broker": "on-disk"})
BACK_S = 130.0
LOST = {"faults": [{"kind": "host-loss", "node": 1, "at_s": 10.0, "back_s": BACK_S - 10.0}]}
CPU_S = 5e-3


def away(*sends):
    """Person 1, at home on gateway 1, has closed the app before its host is lost."""
    stage = Stage(ON_DISK, sends, **LOST)
    stage.at(5.0, stage.system.leave, 1)
    return stage


@pytest.mark.parametrize("sent_s", [8.0, 20.0])
def test_what_waits_on_a_lost_host_comes_back_with_it(sent_s):
    """Sent before the loss or during it, to a session that nothing else has: late, not lost."""
    stage = away((sent_s, 0))
    stage.at(50.0, stage.system.join, 1)  # at another gateway
    stage.run(BACK_S - 1.0)
    assert (0, 1) in stage.held()
    stage.run(200.0)
    assert stage.drops() == []
    assert stage.held() == set()
    [(_, at_s)] = stage.arrivals(1)
    assert at_s == pytest.approx(BACK_S + ONE_WAY_S, abs=CPU_S)


def test_a_client_that_begins_another_session_meanwhile_gets_what_is_new():
    stage = away((20.0, 0), (100.0, 0))
    stage.at(50.0, stage.system.join, 1)
    stage.run(110.0)
    assert stage.shown(1) == [1]  # who subscribes to what is known to the whole cluster
    assert stage.run(200.0).shown(1) == [1, 0]


def test_who_comes_back_after_the_host_finds_one_session_with_everything():
    stage = away((20.0, 0), (100.0, 0))
    stage.at(150.0, stage.system.join, 1)
    assert stage.run(200.0).shown(1) == [0, 1]


def test_a_crashed_process_leaves_its_disk_within_reach():
    crash = [{"kind": "node-crash", "node": 1, "at_s": 10.0, "restart_s": 100.0}]
    stage = Stage(ON_DISK, [(20.0, 0)], faults=crash)
    stage.at(5.0, stage.system.leave, 1)
    stage.at(50.0, stage.system.join, 1)
    assert stage.run(60.0).shown(1) == [0]


def test_a_message_for_a_lost_host_dies_where_the_broker_keeps_sessions_in_memory():
    stage = Stage("mqtt-qos1", [(20.0, 0)], **LOST)
    stage.at(5.0, stage.system.leave, 1)
    assert (0, 1, "store lost") in stage.run(60.0).drops()


def test_a_node_that_goes_down_asks_only_those_who_live_there(monkeypatch):
    crashes = [
        {"kind": "node-crash", "node": 1, "at_s": 10.0, "restart_s": 20.0},
        {"kind": "node-crash", "node": 1, "at_s": 60.0, "restart_s": 70.0},
    ]
    stage = Stage("mqtt-qos1", [(5.0, 0)], faults=crashes)
    asked, restart = [], Account.restart
    monkeypatch.setattr(
        Account,
        "restart",
        lambda self: asked.append((self.person, self.node.index)) or restart(self),
    )
    homes = {person: stage.system.channels["mqtt"].home(person).index for person in range(2)}
    stage.run(15.0)
    there = [(person, 1) for person, node in homes.items() if node == 1]
    assert asked == there != []
    stage.run(65.0)
    assert {node for _, node in asked} == {1}
