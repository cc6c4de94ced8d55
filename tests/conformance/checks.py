"""What any design must keep in any run, and what it must keep because it claims so.

A check is a function from a run to nothing; it fails by assertion. `VOID` names the faults that
take a claim away from a design, with the causes of loss that are then excused, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.history import LIST, SEND, Column, in_session
from sim.metrics.duplicates import duplicates_visible
from sim.metrics.order import inversions
from tests.conformance.runs import ONE_WAY_S, Run, under

Check = Callable[[Run], None]
_ROUNDED_S: Final = 1e-6

NO_LOSS: Final = ("at-least-once", "exactly-once")
NO_LOSS_AFTER_OK: Final = ("no-loss-after-ok",)
NO_REPEAT: Final = ("at-most-once", "exactly-once")
ORDER: Final = ("order",)

NODES_DIE: Final = (
    "node-crash", "host-loss", "rolling-deploy", "remove-nodes", "all-at-once", "packet-by-packet",
)  # fmt: skip
SESSIONS: Final = ("mqtt-qos1", "mqtt-qos2", "messenger", "instagram")
KEEPERS: Final = (
    "full-websocket-acked", "hybrid-cursor", "long-poll", "telegram", "slack", "discord", "zalo",
    *SESSIONS,
)  # fmt: skip


@dataclass(frozen=True)
class Void:
    """Where a check does not bind: losses of these causes, or the whole check without causes."""

    check: str
    designs: tuple[str, ...]
    faults: tuple[str, ...]
    why: str
    causes: tuple[str, ...] = ()


VOID: Final = (
    Void(
        "nothing_is_lost",
        SESSIONS,
        NODES_DIE,
        "EMQX keeps regular sessions in the memory of one node: queue, flight and subscriptions "
        "die with its process; what the dead node was routing dies too, acknowledged or not",
        ("store lost", "node died"),
    ),
    Void(
        "nothing_is_lost_after_ok",
        SESSIONS,
        NODES_DIE,
        "PUBACK says that one broker node has the message, not that it is stored or delivered",
        ("store lost", "node died"),
    ),
    Void(
        "nothing_is_lost",
        SESSIONS,
        ("backplane-outage",),
        "brokers forward to each other at most once: nothing is kept for an unreachable node",
        ("backplane down",),
    ),
    Void(
        "nothing_is_lost_after_ok",
        SESSIONS,
        ("backplane-outage",),
        "the publisher's PUBACK does not wait for other nodes",
        ("backplane down",),
    ),
    Void(
        "nothing_is_lost",
        SESSIONS,
        ("come-and-go", "changes-address"),
        "a broker keeps nothing for a client that has never subscribed (MQTT 3.1.1, 4.1)",
        ("not connected",),
    ),
    Void(
        "nothing_is_lost_after_ok",
        SESSIONS,
        ("come-and-go", "changes-address"),
        "the same: there is no session yet",
        ("not connected",),
    ),
    Void(
        "nothing_is_shown_twice",
        ("mqtt-qos2",),
        NODES_DIE,
        "packet ids mean something within one session only (MQTT 3.1.1, 2.3.1): a publish whose "
        "PUBREC died with the broker's session is new to the next one",
    ),
    Void(
        "is_drained",
        KEEPERS,
        ("come-and-go",),
        "what is kept for people who do not come back stays where it is",
    ),
)


def excused(check: str, run: Run) -> tuple[str, ...] | None:
    """Causes of loss that are excused in this run; None when the check does not bind at all."""
    rows = [
        void
        for void in VOID
        if void.check == check and run.design.name in void.designs and run.fault in void.faults
    ]
    if any(not void.causes for void in rows):
        return None
    return tuple(cause for void in rows for cause in void.causes)


def books_balance(run: Run) -> None:
    assert run.books["adds_up"], run.books
    fates = ("delivered", "lost", "undelivered")
    assert run.books["receptions_owed"] == sum(run.books[fate] for fate in fates) > 0


def only_members_receive(run: Run) -> None:
    """A LIST is answered to who asked; everything else goes to the other members."""
    rows, messages = run.deliveries, run.messages
    action, actor = messages["action"][rows["message"]], messages["actor"][rows["message"]]
    assert ((rows["person"] == actor) == (action == LIST)).all()
    members = run.history.tables["members"]
    people = int(run.history.meta["people"])
    seats = members["conversation"].astype("i8") * people + members["person"]
    taken = messages["conversation"][rows["message"]].astype("i8") * people + rows["person"]
    assert np.isin(taken, seats).all()


def nothing_comes_before_its_cause(run: Run) -> None:
    """Intended, sent, accepted, told, delivered: each later by the way it has to go."""
    messages, rows = run.messages, run.deliveries
    _not_before(messages["sent_s"], messages["time_s"])
    _not_before(messages["accepted_s"], messages["sent_s"] + ONE_WAY_S)
    sends = messages["action"] == SEND
    _not_before(messages["told_s"][sends], messages["accepted_s"][sends] + ONE_WAY_S)
    assert not np.isnan(messages["accepted_s"][np.isfinite(messages["told_s"]) & sends]).any()
    asked = messages["action"][rows["message"]] == LIST
    reached_s = np.where(
        asked,
        messages["sent_s"][rows["message"]] + ONE_WAY_S,
        messages["accepted_s"][rows["message"]],
    )
    assert not np.isnan(reached_s).any()
    _not_before(rows["time_s"], reached_s + ONE_WAY_S)


def _not_before(later_s: Column, earlier_s: Column) -> None:
    assert not (later_s < earlier_s - _ROUNDED_S).any()


def nothing_passes_a_dead_link(run: Run) -> None:
    rows, outages = run.deliveries, run.history.tables["outages"]
    for person, start_s, end_s in zip(*outages.values(), strict=True):
        inside = (rows["time_s"] > start_s + _ROUNDED_S) & (rows["time_s"] < end_s - _ROUNDED_S)
        assert not (inside & (rows["person"] == person)).any()


def nothing_arrives_at_a_closed_app(run: Run) -> None:
    """Only a LIST asked for before may still be answered, in the background."""
    rows = run.deliveries
    pushed = run.messages["action"][rows["message"]] != LIST
    person, time_s = rows["person"][pushed], rows["time_s"][pushed]
    assert in_session(run.history, person, time_s, time_s).all()


def gaps_have_a_sequence(run: Run) -> None:
    """A connection is cut, then noticed, then open again, then caught up."""
    gaps = run.history.tables["episodes"]
    for earlier, later in (("cut_s", "noticed_s"), ("noticed_s", "open_s"), ("open_s", "synced_s")):
        assert not (gaps[later] < gaps[earlier]).any(), (earlier, later)


def is_drained(run: Run) -> None:
    if excused("is_drained", run) is not None:
        assert run.history.meta["drained"]
        assert run.books["undelivered"] == 0


def nothing_is_lost(run: Run) -> None:
    assert set(run.lost()) <= set(excused("nothing_is_lost", run) or ()), run.lost()


def nothing_is_lost_after_ok(run: Run) -> None:
    told = np.isfinite(run.messages["told_s"])[run.judged.sends.message]
    lost = run.lost(told)
    assert set(lost) <= set(excused("nothing_is_lost_after_ok", run) or ()), lost


def nothing_is_shown_twice(run: Run) -> None:
    repeats = duplicates_visible(run.judged)
    assert repeats is not None
    if excused("nothing_is_shown_twice", run) is not None:
        assert repeats.hits == 0


def each_sender_is_read_in_order(run: Run) -> None:
    backwards = inversions(run.judged)
    assert backwards is not None
    assert backwards.hits == 0


ALWAYS: Final[tuple[Check, ...]] = (
    books_balance,
    only_members_receive,
    nothing_comes_before_its_cause,
    nothing_passes_a_dead_link,
    nothing_arrives_at_a_closed_app,
    gaps_have_a_sequence,
    is_drained,
)
CLAIMED: Final[dict[Check, tuple[str, ...]]] = {
    nothing_is_lost: NO_LOSS,
    nothing_is_lost_after_ok: NO_LOSS_AFTER_OK,
    nothing_is_shown_twice: NO_REPEAT,
    each_sender_is_read_in_order: ORDER,
}
"""Checks that bind designs with any of these claims."""


def checks_of(claims: tuple[str, ...]) -> tuple[Check, ...]:
    """What binds a design with these claims."""
    return ALWAYS + tuple(check for check, named in CLAIMED.items() if set(named) & set(claims))
