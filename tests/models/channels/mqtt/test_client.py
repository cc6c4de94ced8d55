"""The client's half of the MQTT channel: what it keeps of what it published, and repeats."""

from math import isnan

import pytest
from stage import EVERYONE, Stage

from models import DESIGNS

QOS0, QOS1, QOS2 = (DESIGNS[f"mqtt-qos{qos}"] for qos in range(3))


def moves(person=0):
    outage = {"kind": "link-outage", "person": person, "start_s": 10.0, "end_s": 12.0}
    return {"faults": [outage | {"changes_address": True}]}


@pytest.mark.parametrize(
    ("design", "shown", "drops"), [(QOS0, [], [(0, EVERYONE, "uplink died")]), (QOS1, [0], [])]
)
def test_what_was_published_into_a_dead_uplink(design, shown, drops):
    stage = Stage(design, [(11.0, 0)], **moves(0)).run(60.0)
    assert stage.shown(1) == stage.shown(2) == shown
    assert stage.drops() == drops
    assert isnan(stage.told_s(0)) is not shown


@pytest.mark.parametrize(("design", "shown"), [(QOS1, [0, 0]), (QOS2, [0])])
def test_a_lost_puback_makes_a_copy_and_a_lost_pubrec_does_not(design, shown):
    stage = Stage(design, [(9.94, 0)], **moves(0)).run(60.0)  # the answer meets the dead link
    assert stage.shown(1) == stage.shown(2) == shown
    assert stage.told_s(0) > 12.0


@pytest.mark.parametrize("client", ["mqtt.js", "mqtt.js-requeue"])
def test_a_client_that_requeues_repeats_the_first_message_once_for_each_failed_try(client):
    """MQTT.js pull request 301: a try a second and half an hour offline were 1,800 copies."""
    design = QOS1.variant(
        "x", {"mqtt": {"client": client, "broker": "on-disk"}, "backoff": "fixed-1s"}
    )
    crash = {"kind": "node-crash", "node": 0, "at_s": 5.0, "restart_s": 60.0}
    stage = Stage(
        design, [(10.0, 0), (11.0, 0), (12.0, 0)], people=2, faults=[crash], servers={"gateways": 1}
    ).run(120.0)
    failed = [at_s for at_s, _, how, _ in stage.attempts(0) if how == "refused" and at_s > 10.0]
    assert len(failed) > 45
    came = [message for message, _ in stage.arrivals(1)]
    copies = len(failed) if client == "mqtt.js-requeue" else 0
    assert sorted(came) == [0] + copies * [0] + [1, 2]
