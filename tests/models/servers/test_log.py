"""The readers' log: in the store it outlives every process, in memory it dies with its own."""

import pytest
from stage import Stage

from models import DESIGNS
from models.servers.log import Log

KILLED = {"faults": [{"kind": "node-crash", "node": 0, "at_s": 10.5, "restart_s": 1.0}]}
ONE_NODE = {"servers": {"gateways": 1, "api_nodes": 0, "cores": 1}}
BEFORE = [(float(second), 1) for second in range(2, 8)]  # six messages
AFTER = [(float(second), 1) for second in range(20, 30)]  # ten messages


def told(log):
    return DESIGNS["full-websocket"].variant(
        "told", {"recovery": "cursor", "log": log, "backoff": "fixed-1s", "acks": True}
    )


def polled(log):
    return DESIGNS["long-poll"].variant("polled", {"log": log, "backoff": "fixed-1s"})


@pytest.mark.parametrize("design", [told, polled])
def test_a_log_in_the_store_outlives_the_process(design):
    stage = Stage(design("store"), BEFORE + AFTER, **KILLED, **ONE_NODE).run(60.0)
    assert stage.shown(0) == list(range(16))
    assert stage.drops() == []


@pytest.mark.parametrize("design", [told, polled])
def test_a_cursor_ahead_of_the_log_gets_nothing_until_the_log_has_grown_past_it(design):
    stage = Stage(design("memory"), BEFORE + AFTER, **KILLED, **ONE_NODE).run(60.0)
    assert stage.shown(0) == [*range(6), *range(12, 16)]  # six new ones fill the six old places
    assert stage.drops() == [
        (message, person, "store lost") for message in range(6, 12) for person in (0, 2)
    ]
    assert stage.held() == set()


@pytest.mark.parametrize("design", [told, polled])
def test_what_was_not_read_when_the_process_died_is_lost(design):
    away = {"kind": "link-outage", "person": 0, "start_s": 8.5, "end_s": 12.0}
    away |= {"changes_address": True}
    faults = {"faults": [*KILLED["faults"], away]}
    stage = Stage(design("memory"), [*BEFORE, (9.0, 1)], **faults, **ONE_NODE).run(60.0)
    assert (6, 0, "store lost") in stage.drops()
    assert stage.shown(0) == list(range(6))
    assert stage.shown(2) == list(range(7))
    assert stage.held() == set()


def test_a_message_that_the_store_commits_after_its_node_died_is_in_no_memory():
    design = told("memory").variant("unlucky", {"acks": False, "stored": True})
    stage = Stage(design, [(10.4, 1)], store={"write_s": 0.5}, **KILLED, **ONE_NODE).run(60.0)
    assert [cause for _, _, cause in stage.drops()] == ["node died"]
    assert stage.shown(0) == []


def test_only_what_the_dead_process_took_is_gone():
    class FakeNode:
        def __init__(self):
            self.on_down = []

    class Reading:
        def read(self, person):
            return 1

        handed = read

        def shortened(self, person):
            shortened.append(person)

    lost, shortened = [], []
    log = Log(2, True, lambda message, person: lost.append((message, person)))
    log.reading = Reading()
    here, there = FakeNode(), FakeNode()
    for message, node in ((7, here), (8, here), (9, there)):
        log.append(node, message, [1])
    lost.clear()
    here.on_down[0](here)
    assert log.by_reader == [[], [9]]
    assert lost == [(8, 1)]  # 7 had been read
    assert shortened == [1]


def test_whoever_wants_to_hears_of_every_entry():
    heard, log = [], Log(2, False, lambda message, person: None)
    log.append(None, 6, [0])
    log.told = lambda message, person: heard.append((message, person, len(log.by_reader[person])))
    log.append(None, 7, [0, 1])
    assert heard == [(7, 0, 2), (7, 1, 1)]
