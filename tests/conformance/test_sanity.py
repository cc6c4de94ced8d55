"""What a reader who knows the protocols looks for first; each test is named by its statement."""

from functools import cache

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import CAUSES, SEND, in_session
from sim.metrics.duplicates import duplicates_raw, duplicates_visible
from sim.metrics.judged import DELIVERED, LOST
from tests.conformance.runs import ONE_WAY_S, Run, run

LOSSY = 0.1
DOWN_S = (30.0, 95.0)  # longer than a ping every 20 s and 20 s of patience with it
# People who sit in the tunnel: the second half.
TUNNEL = {"share": 0.5, "profile": "4g", "outages": {"kind": "list", "intervals": [DOWN_S]}}
IDEMPOTENT = [
    name
    for name, design in DESIGNS.items()
    if design.options.store.idempotent or design.options.mqtt.qos == 2
]


RESETS = [{"kind": "mass-disconnect", "share": 1.0, "at_s": at_s} for at_s in (30.0, 50.0, 70.0)]


@cache
def chat(design, trouble="none", lane="fast"):
    """Thirty people who talk a lot: on calm or lossy links, half in a tunnel, or cut off thrice."""
    loss = {"kind": "bernoulli", "ratio": LOSSY if trouble in ("loss", "resets") else 0.0}
    open_air = {"share": 0.5 if trouble == "tunnel" else 1.0, "profile": "4g", "loss": loss}
    world = scenario(
        people={"count": 30, "owed": "members", "networks": "in order"},
        time={"warmup_s": 10.0, "measure_s": 100.0, "drain_s": 300.0},
        conversations={"sizes": {"kind": "fixed", "size": 8}},
        actions={"send": {"per_person_per_minute": 30 if trouble == "resets" else 10}},
        networks=[open_air, TUNNEL] if trouble == "tunnel" else [open_air],
        transport={"lane": lane},
        faults=RESETS if trouble == "resets" else [],
    )
    return Run(DESIGNS[design], trouble, run_replication(world, DESIGNS[design], 0))


def late_s(found):
    """The delay that one in a hundred deliveries exceeds."""
    return np.quantile(found.judged.sends.delay_s, 0.99)


@pytest.mark.parametrize("lane", ["fast", "exact"])
@pytest.mark.parametrize("design", DESIGNS)
def test_on_a_live_connection_packet_loss_changes_latency_but_loses_nothing(design, lane):
    calm, lossy = chat(design, "none", lane), chat(design, "loss", lane)
    # a server without a buffer is deaf between two questions, whatever the network
    deaf = {"no buffer"} if design == "long-poll-unbuffered" else set()
    assert set(calm.lost()) == deaf
    assert set(lossy.lost()) == deaf
    assert lossy.books["undelivered"] == 0
    assert calm.judged.sends.delay_s.min() >= 2 * ONE_WAY_S
    assert late_s(lossy) > late_s(calm) + 0.2  # what a retransmission takes at least


def received_in_tunnel(found, from_s, until_s):
    """Fates and causes of receptions by tunnel people, accepted from `from_s` to `until_s`."""
    sends = found.judged.sends
    accepted_s = found.messages["accepted_s"][sends.message]
    chosen = (sends.person >= 15) & (accepted_s > from_s) & (accepted_s < until_s)
    assert chosen.sum() > 20
    return found.judged.fate[chosen], found.judged.cause[chosen]


def test_plain_websocket_loses_what_was_sent_into_half_open_links():
    found = chat("full-websocket", "tunnel")
    start_s = DOWN_S[0]
    # the server's next ping is up to 20 s away, and it waits 20 s for the pong: until then it
    # believes in the connection for 20 s at least
    fates, causes = received_in_tunnel(found, start_s, start_s + 20.0)
    assert (fates == LOST).all()
    assert {CAUSES[cause] for cause in causes} == {"half-open"}
    fates, causes = received_in_tunnel(found, start_s + 41.0, DOWN_S[1])
    assert {CAUSES[cause] for cause in causes} == {"not connected"}


def test_full_websocket_with_acks_and_a_cursor_brings_it_after_the_tunnel():
    found = chat("full-websocket-acked", "tunnel")
    fates, _ = received_in_tunnel(found, *DOWN_S)
    assert (fates == DELIVERED).all()
    assert found.lost() == {}


@pytest.mark.parametrize(("design", "trouble"), [("long-poll", "tunnel"), ("mqtt-qos1", "resets")])
def test_long_poll_with_a_cursor_and_qos_1_with_a_session_lose_nothing_but_duplicate(
    design, trouble
):
    found = chat(design, trouble)
    assert found.lost() == {}
    assert found.books["undelivered"] == 0
    assert duplicates_raw(found.judged).hits > 0


@pytest.mark.parametrize("trouble", ["resets", "tunnel"])
@pytest.mark.parametrize("design", IDEMPOTENT)
def test_qos_2_and_idempotent_designs_show_no_visible_duplicate(design, trouble):
    assert duplicates_visible(chat(design, trouble).judged).hits == 0


@pytest.mark.parametrize(("design", "trouble"), [("hybrid", "tunnel"), ("mqtt-qos1", "resets")])
def test_without_a_key_or_at_qos_1_the_same_trouble_shows_duplicates(design, trouble):
    """A reset that hits all at once hides a browser's copies: their readers are cut off as well."""
    assert design not in IDEMPOTENT
    assert duplicates_visible(chat(design, trouble).judged).hits > 0


def sent_while_away(found):
    """Receptions by people who had been there before, were away, and had 20 s to come back."""
    sends, history = found.judged.sends, found.history
    accepted_s, person = found.messages["accepted_s"][sends.message], sends.person
    sessions = history.tables["sessions"]
    starts_s, ends_s = sessions["start_s"], sessions["end_s"]
    rows = []
    for row, (one, at_s) in enumerate(zip(person, accepted_s, strict=True)):
        mine = sessions["person"] == one
        before = (mine & (ends_s < at_s - 1.0) & (ends_s - starts_s > 5.0)).any()
        after = (mine & (starts_s > at_s + 1.0) & (starts_s < 60.0)).any()
        rows += [row] if before and after else []
    away = np.zeros(len(person), dtype=bool)
    away[rows] = True
    for at_s in (accepted_s - 1.0, accepted_s + 1.0):
        away &= ~in_session(history, person, at_s, at_s)
    return away


def test_a_clean_session_loses_what_was_sent_while_away():
    clean, kept = run("mqtt-qos1-clean", "come-and-go"), run("mqtt-qos1", "come-and-go")
    away = sent_while_away(clean)
    assert away.sum() > 10
    assert (clean.judged.fate[away] == LOST).all()
    away = sent_while_away(kept)
    assert away.sum() > 10
    assert (kept.judged.fate[away] == DELIVERED).all()


def test_every_design_that_promises_no_loss_has_a_record_of_sends():
    for design in DESIGNS.values():
        if "exactly-once" in design.claims:
            assert design.options.store.idempotent or design.options.mqtt.qos == 2
        if set(design.claims) & {"exactly-once", "at-least-once"}:
            assert design.options.recovery.kind != "none"
            assert (run(design.name, "no-fault").messages["action"] == SEND).any()
