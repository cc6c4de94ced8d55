"""What any design must keep in any run, and what it must keep because it claims so.

A check is a function from a run to its complaints. `EXCUSES` says which complaints are to be
expected of which designs under which faults, and why: a fault may void a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from models import DESIGNS, Design
from sim.experiment.run import run_replication
from sim.history import LIST, SEND, in_session, measured_until_s
from sim.metrics.duplicates import duplicates_visible
from sim.metrics.order import inversions
from tests.conformance.runs import ONE_WAY_S, Run, under

Check = Callable[[Run], Iterator[str]]
_ROUNDED_S: Final = 1e-6  # a history holds whole microseconds


def books_balance(run: Run) -> Iterator[str]:
    """Every owed reception is delivered, lost for a known cause, or still held by something."""
    fates = sum(run.books[fate] for fate in ("delivered", "lost", "undelivered"))
    if not (run.books["adds_up"] and run.books["receptions_owed"] == fates > 0):
        yield str(run.books)


def only_members_receive(run: Run) -> Iterator[str]:
    """A LIST is answered to who asked; everything else goes to the other members."""
    rows, messages, members = run.deliveries, run.messages, run.history.tables["members"]
    action, actor = messages["action"][rows["message"]], messages["actor"][rows["message"]]
    if ((rows["person"] == actor) != (action == LIST)).any():
        yield "delivered to the sender, or an answer to somebody else"
    people = int(run.history.meta["people"])
    seats = members["conversation"].astype("i8") * people + members["person"]
    taken = messages["conversation"][rows["message"]].astype("i8") * people + rows["person"]
    if not np.isin(taken, seats).all():
        yield "delivered to a stranger"


def nothing_comes_before_its_cause(run: Run) -> Iterator[str]:
    """Intended, sent, accepted, told, delivered: each later by the way it has to go."""
    messages, of = run.messages, run.deliveries["message"]
    sent, told = messages["action"] == SEND, np.isfinite(messages["told_s"])
    taken_s = messages["accepted_s"]
    asked_s = messages["sent_s"] + ONE_WAY_S
    ready_s = np.where(messages["action"] == LIST, asked_s, taken_s)[of]
    if (messages["sent_s"] < messages["time_s"] - _ROUNDED_S).any():
        yield "sent before it was meant"
    if (taken_s < asked_s - _ROUNDED_S).any():
        yield "accepted before it could arrive"
    if not (messages["told_s"] >= taken_s + ONE_WAY_S - _ROUNDED_S)[sent & told].all():
        yield "told before it was accepted"
    if not (run.deliveries["time_s"] >= ready_s + ONE_WAY_S - _ROUNDED_S).all():
        yield "delivered before it was accepted"


def nothing_passes_a_dead_link(run: Run) -> Iterator[str]:
    rows = run.deliveries
    for person, start_s, end_s in zip(*run.history.tables["outages"].values(), strict=True):
        during = (rows["time_s"] > start_s + _ROUNDED_S) & (rows["time_s"] < end_s - _ROUNDED_S)
        if (during & (rows["person"] == person)).any():
            yield f"person {person}, down from {start_s} to {end_s} s"


def nothing_arrives_at_a_closed_app(run: Run) -> Iterator[str]:
    """Only a LIST asked for before may still be answered, in the background.

    Nobody comes or goes while the run drains: who is there when measuring ends stays.
    """
    rows = run.deliveries
    pushed = run.messages["action"][rows["message"]] != LIST
    person, time_s = rows["person"][pushed], rows["time_s"][pushed]
    there_s = np.minimum(time_s, measured_until_s(run.history))
    closed = ~in_session(run.history, person, there_s, there_s)
    yield from (f"person {one}" for one in np.unique(person[closed]))


def gaps_have_a_sequence(run: Run) -> Iterator[str]:
    """A connection is cut, then noticed, then open again, then caught up.

    It may be cut again before it has caught up, by what is still under way, but only once open.
    """
    gaps = run.history.tables["episodes"]
    order = np.lexsort([gaps[name] for name in ("noticed_s", "channel", "person")])
    person, channel, cut_s, open_s = (
        gaps[name][order] for name in ("person", "channel", "cut_s", "open_s")
    )
    again = (person[1:] == person[:-1]) & (channel[1:] == channel[:-1])
    if (again & (cut_s[1:] < open_s[:-1] - _ROUNDED_S)).any():
        yield "cut before it was open again"
    for earlier, later in (("cut_s", "noticed_s"), ("noticed_s", "open_s"), ("open_s", "synced_s")):
        if (gaps[later] < gaps[earlier]).any():
            yield f"{later} before {earlier}"


def is_drained(run: Run) -> Iterator[str]:
    if not run.history.meta["drained"] or run.books["undelivered"]:
        yield f"{run.books['undelivered']} receptions held after {run.history.meta['end_s']} s"


def nothing_is_lost(run: Run) -> Iterator[str]:
    yield from run.lost()


def nothing_is_lost_after_ok(run: Run) -> Iterator[str]:
    yield from run.lost(np.isfinite(run.messages["told_s"])[run.judged.sends.message])


def nothing_is_shown_twice(run: Run) -> Iterator[str]:
    repeats = duplicates_visible(run.judged)
    if repeats is None or repeats.hits:
        yield str(repeats)


def each_sender_is_read_in_order(run: Run) -> Iterator[str]:
    backwards = inversions(run.judged)
    if backwards is None or backwards.hits:
        yield str(backwards)


def happens_again_with_an_event_for_every_delivery(run: Run) -> Iterator[str]:
    """One seed gives one history, and posted deliveries are only a way to compute it faster."""
    again = run_replication(under(run.fault), run.design, 0, passive=False)
    if again.digest() != run.history.digest():
        yield "another history"


ALWAYS: Final[tuple[Check, ...]] = (
    happens_again_with_an_event_for_every_delivery,
    books_balance,
    only_members_receive,
    nothing_comes_before_its_cause,
    nothing_passes_a_dead_link,
    nothing_arrives_at_a_closed_app,
    gaps_have_a_sequence,
    is_drained,
)
CLAIMED: Final[dict[Check, tuple[str, ...]]] = {
    nothing_is_lost: ("at-least-once", "exactly-once"),
    nothing_is_lost_after_ok: ("no-loss-after-ok",),
    nothing_is_shown_twice: ("at-most-once", "exactly-once"),
    each_sender_is_read_in_order: ("fifo",),
}
"""Checks that bind designs with any of these claims."""


def checks_of(claims: tuple[str, ...]) -> tuple[Check, ...]:
    """What binds a design with these claims."""
    return ALWAYS + tuple(check for check, named in CLAIMED.items() if set(named) & set(claims))


@dataclass(frozen=True)
class Excuse:
    """Complaints to be expected of these checks; of any wording when `complaints` is empty."""

    checks: tuple[Check, ...]
    designs: tuple[str, ...]
    faults: tuple[str, ...]
    why: str
    complaints: tuple[str, ...] = ()

    def covers(self, check: Check, run: Run, complaint: str) -> bool:
        return (
            check in self.checks
            and run.design.name in self.designs
            and run.fault in self.faults
            and (not self.complaints or complaint in self.complaints)
        )


NO_LOSS: Final = (nothing_is_lost, nothing_is_lost_after_ok)


def those(kind: Callable[[Design], bool]) -> tuple[str, ...]:
    """Names of the designs of a kind, whichever there are."""
    return tuple(name for name, design in DESIGNS.items() if kind(design))


def recovers(design: Design, kind: str) -> bool:
    """Whether that is what a returning receiver gets."""
    return design.options.recovery.kind == kind


SESSIONS: Final = those(lambda one: one.receive == "mqtt" and recovers(one, "session"))
LOGS: Final = those(lambda one: recovers(one, "cursor"))
STREAMS: Final = those(lambda one: one.receive == "sse" and recovers(one, "cursor"))
BUFFERS: Final = those(
    lambda one: one.receive == "socketio" or (one.options.mqtt.qos > 0 and recovers(one, "none"))
)
A_CONNECTION_DIES: Final = (
    "link-outage", "reset", "shared-outage", "mass-disconnect", "changes-address", "come-and-go",
)  # fmt: skip
REFUSALS_CUT: Final = ("backend-pause", "backend-crash", "backend-slow")
A_NODE_DIES: Final = (
    "node-crash", "host-loss", "rolling-deploy", "remove-nodes", "all-at-once", "packet-by-packet",
)  # fmt: skip

EXCUSES: Final = (
    Excuse(
        NO_LOSS,
        SESSIONS,
        A_NODE_DIES,
        "EMQX keeps a regular session in the memory of one node: queue, flight and subscriptions "
        "die with its process, and with it what PUBACK had promised and was still being routed",
        ("store lost", "node died"),
    ),
    Excuse(
        (nothing_is_lost,),
        ("messenger", "instagram"),
        (*A_CONNECTION_DIES, *A_NODE_DIES),
        "MQTT.js forgets what was published during a replay when the connection dies again "
        "(MQTT.js issue 2015); its sender was never told OK",
        ("gave up",),
    ),
    Excuse(
        NO_LOSS,
        SESSIONS,
        ("backplane-outage",),
        "brokers forward to each other at most once, and PUBACK does not wait for it",
        ("backplane down",),
    ),
    Excuse(
        NO_LOSS,
        SESSIONS,
        ("broker-netsplit",),
        "EMQX goes on on both sides and loses what is for the other, until it restarts the smaller "
        "one, whose sessions die in its memory",
        ("netsplit", "store lost", "node died"),
    ),
    Excuse(
        (nothing_is_shown_twice,),
        ("mqtt-qos2",),
        A_NODE_DIES,
        "a packet id means something within one session only (MQTT 3.1.1 section 2.3.1): a publish "
        "whose PUBREC died with the session is new to the next one",
    ),
    Excuse(
        (nothing_comes_before_its_cause,),
        ("full-websocket-counter",),
        (*A_CONNECTION_DIES, *A_NODE_DIES, *REFUSALS_CUT),
        "the anti-pattern itself: the second connection's first message is taken for a repeat of "
        "the first connection's, and acknowledged without ever being accepted",
        ("told before it was accepted",),
    ),
    Excuse(
        (is_drained,),
        STREAMS,
        ("host-loss", "all-at-once", "packet-by-packet"),
        "a phone's EventSource writes nothing, so it never hears that its server has forgotten it: "
        "a host that came back, or a reset that was lost on the way; the window keeps its events",
    ),
    Excuse(
        (is_drained,),
        ("socketio-polling",),
        ("all-at-once",),
        "a request that a crashed server's kernel had acknowledged, and whose reset was lost on "
        "the way, is waited for without end (seen: open at the client, gone at the server): "
        "engine.io-client's requestTimeout is 0 unless set, and TCP keep-alive is not modelled",
    ),
    Excuse(
        (is_drained,),
        (*LOGS, *SESSIONS, *BUFFERS),
        ("come-and-go",),
        "what is kept for or by people who do not come back stays where it is",
    ),
)


def complaints(check: Check, run: Run) -> list[str]:
    """What `check` says against the run and nothing excuses."""
    return [
        complaint
        for complaint in check(run)
        if not any(excuse.covers(check, run, complaint) for excuse in EXCUSES)
    ]
