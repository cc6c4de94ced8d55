"""Turns the scenario's people into one run's intended actions, the same for every design.

Each purpose draws from its own generator: other rates, sizes or faults elsewhere leave the rest of
the workload as it was. What becomes of an action is the design's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from sim.streams import Streams
from sim.workload.actions import SEEN_BYTES, TYPING_BYTES, Action
from sim.workload.arrivals import draw_arrivals
from sim.workload.conversations import Conversations, draw_conversations, from_pairs, in_tabs
from sim.workload.flood import Flood
from sim.workload.membership import Change, Kind, draw_changes, with_joiners
from sim.workload.sessions import Floats, Ints, Presence, draw_sessions, everybody
from sim.workload.spec import (
    BurstySpec,
    FixedBytesSpec,
    LognormalBytesSpec,
    OneWayPairsSpec,
    PoissonSpec,
    ScriptedSendSpec,
    TypingSpec,
    WorkloadSpec,
)
from sim.workload.trace import MAX_BYTES, Trace, read_trace


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """Who is there and what they intend to do. Row index = message id.

    `members` holds each conversation's persons, `conversations` each person's conversations, both
    ascending; `sessions` each person's app-open (start_s, end_s). The columns are of equal length
    and sorted by `time_s`; `size_bytes` is the text of a SEND and the answer of a LIST. `changes`,
    by time: who joins and leaves; `members` are then those who are ever in.
    """

    people: int
    members: tuple[tuple[int, ...], ...]
    conversations: tuple[tuple[int, ...], ...]
    sessions: tuple[tuple[tuple[float, float], ...], ...]
    time_s: Floats
    actor: Ints
    conversation: Ints
    action: Ints
    size_bytes: Ints
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Acts:
    """Actions of one kind before they are merged; `session` is a row of the acting Presence."""

    action: Action
    time_s: Floats
    session: Ints
    conversation: Ints
    size_bytes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _World:
    """What every kind of action is drawn from; `acting` ends where actions end."""

    spec: WorkloadSpec
    streams: Streams
    presence: Presence
    acting: Presence
    conversations: Conversations

    def generator(self, purpose: str) -> Generator:
        return self.streams.generator(f"workload {purpose}")


def build(
    spec: WorkloadSpec,
    streams: Streams,
    horizon_s: float,
    start_s: float = 0.0,
    drain_s: float = 0.0,
    floods: Sequence[Flood] = (),
) -> Workload:
    """The workload of one replication: actions in [0, horizon_s), sessions for drain_s longer.

    With a trace, its people, conversations and sends replace drawn ones and its first message
    falls on `start_s`; messages at `horizon_s` or later are left out. `floods` come besides.
    Raises TraceError.
    """
    if horizon_s <= 0.0 or start_s < 0.0 or drain_s < 0.0:
        raise ValueError(
            f"horizon_s = {horizon_s}, start_s = {start_s}, drain_s = {drain_s}:"
            " allowed: horizon_s over 0, the others at least 0"
        )
    until_s = horizon_s + drain_s
    if spec.script.rooms:
        return _scripted(spec, until_s, floods)
    trace = read_trace(spec.trace.file) if spec.trace.file else None
    if trace:
        presence = everybody(trace.people, until_s)
        talk = from_pairs(trace.conversation, trace.sender, trace.people)
    else:
        people, tabs = spec.people.count, spec.people.tabs
        luck = streams.generator("workload sessions")
        presence = draw_sessions(spec.people.sessions, people, until_s, luck)
        luck = streams.generator("workload conversations")
        talk = in_tabs(draw_conversations(spec.conversations, people // tabs, luck), tabs)
    changes: tuple[Change, ...] = ()
    if spec.membership.moves:
        changes = draw_changes(
            spec.membership, talk, horizon_s, streams.generator("workload membership")
        )
        talk = with_joiners(talk, changes)
    acting = presence.clipped(horizon_s)
    if isinstance(spec.conversations.sizes, OneWayPairsSpec) and not trace:
        acting = _writers(acting, spec.people.count // 2)
    world = _World(spec, streams, presence, acting, talk)
    sends = _replayed(trace, horizon_s, start_s) if trace else _sends(world)
    drawn = (*_lists(world), _typing(world, sends), sends, _seen(world))
    whole = _merged(world, (*drawn, *_floods(world, floods)))
    return _among_members(whole, changes)


def _scripted(spec: WorkloadSpec, until_s: float, floods: Sequence[Flood]) -> Workload:
    """Exactly the actions of the script, and floods; everybody is there all the time."""
    people, rooms = spec.people.count, spec.script.rooms
    own = tuple(tuple(r for r, room in enumerate(rooms) if p in room) for p in range(people))
    sends = [(send, Action.SEND) for send in spec.script.sends]
    lists = [(asked, Action.LIST) for asked in spec.script.lists]
    there = everybody(people, until_s)
    more = [
        (ScriptedSendSpec(at_s=at_s, sender=one.person, room=own[one.person][0]), Action.SEND)
        for one in floods
        for at_s in one.sends(there)[0].tolist()
        if own[one.person]
    ]
    acts = sorted([*sends, *lists, *more], key=lambda act: act[0].at_s)
    sizes = {
        Action.SEND: round(spec.actions.send.size_bytes.typical_bytes),
        Action.LIST: spec.actions.list.reply_bytes,
    }
    whole = Workload(
        people=people,
        members=tuple(tuple(sorted(set(room))) for room in rooms),
        conversations=own,
        sessions=(((0.0, until_s),),) * people,
        time_s=np.array([act.at_s for act, _ in acts], dtype=np.float64),
        actor=np.array([act.sender for act, _ in acts], dtype=np.int32),
        conversation=np.array([act.room for act, _ in acts], dtype=np.int32),
        action=np.array([kind for _, kind in acts], dtype=np.int8),
        size_bytes=np.array([sizes[kind] for _, kind in acts], dtype=np.int32),
    )
    changes = [
        Change(one.at_s, one.room, one.person, _WHAT[one.what], one.defiant)
        for one in spec.script.changes
    ]
    return _among_members(whole, sorted(changes))


_WHAT = {"joins": Kind.JOINED, "leaves": Kind.LEFT, "is removed": Kind.REMOVED}


def _writers(acting: Presence, writers: int) -> Presence:
    """The sessions of the first `writers` people: the others only read."""
    own = acting.person < writers
    return Presence(acting.people, acting.person[own], acting.start_s[own], acting.end_s[own])


def _replayed(trace: Trace, horizon_s: float, start_s: float) -> _Acts:
    time_s = trace.time_s - trace.time_s[0] + start_s
    kept = time_s < horizon_s
    return _Acts(
        Action.SEND,
        time_s[kept],
        trace.sender[kept],  # everybody has one session: its row is the person
        trace.conversation[kept],
        trace.size_bytes[kept],
    )


def _sends(world: _World) -> _Acts:
    send = world.spec.actions.send
    rate_hz = send.per_person_per_minute / 60.0
    found = draw_arrivals(world.spec.arrivals, rate_hz, world.acting, world.generator("sends"))
    # One burst, one conversation.
    bursts, session_of = np.unique(found.burst, return_index=True)
    luck = world.generator("send conversations").random(len(bursts))
    person = world.acting.person[found.session[session_of]]
    chosen = world.conversations.pick(person, luck)
    conversation = chosen[np.searchsorted(bursts, found.burst)]
    sizes = _sizes(send.size_bytes, len(found.time_s), world.generator("sizes"))
    return _Acts(Action.SEND, found.time_s, found.session, conversation, sizes)


def _sizes(spec: FixedBytesSpec | LognormalBytesSpec, count: int, generator: Generator) -> Ints:
    if isinstance(spec, FixedBytesSpec):
        return np.full(count, spec.bytes)
    sizes = spec.median_bytes * np.exp(spec.sigma * generator.standard_normal(count))
    return np.clip(np.rint(sizes), 1, MAX_BYTES).astype(np.int64)


def _typing(world: _World, sends: _Acts) -> _Acts:
    """Notices every `every_s` up to `every_s` before the send, as far as the session reaches."""
    counts = _typing_counts(world.spec.actions.typing, len(sends.time_s), world)
    send = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(send)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    time_s = sends.time_s[send] - rank * world.spec.actions.typing.every_s
    kept = time_s >= world.acting.start_s[sends.session[send]]
    send = send[kept]
    return _Acts(
        Action.TYPING,
        time_s[kept],
        sends.session[send],
        sends.conversation[send],
        np.full(len(send), TYPING_BYTES),
    )


def _typing_counts(spec: TypingSpec, sends: int, world: _World) -> Ints:
    """Whole numbers next to `per_send` with that mean."""
    luck = world.generator("typing").random(sends)
    return np.floor(spec.per_send + luck).astype(np.int64)


def _seen(world: _World) -> _Acts:
    rate = world.spec.actions.seen.per_person_per_minute
    return _background(world, Action.SEEN, rate, SEEN_BYTES)


def _floods(world: _World, floods: Sequence[Flood]) -> Iterator[_Acts]:
    """What clients send without end, each to the first conversation of its person."""
    size_bytes = round(world.spec.actions.send.size_bytes.typical_bytes)
    for one in floods:
        rooms = world.conversations.by_person[one.person : one.person + 1]
        if rooms and rooms[0]:  # a trace may have fewer people
            time_s, session = one.sends(world.acting)
            room, size = (np.full(len(time_s), number) for number in (rooms[0][0], size_bytes))
            yield _Acts(Action.SEND, time_s, session, room, size)


def _lists(world: _World) -> Sequence[_Acts]:
    spec = world.spec.actions.list
    at_will = _background(world, Action.LIST, spec.per_person_per_minute, spec.reply_bytes)
    # A session open at time 0 began before the run.
    opened = np.nonzero(world.acting.start_s > 0.0)[0]
    luck = world.generator("opening lists").random(len(opened))
    chosen = world.conversations.pick(world.acting.person[opened], luck)
    sizes = np.full(len(opened), spec.reply_bytes)
    return _Acts(Action.LIST, world.acting.start_s[opened], opened, chosen, sizes), at_will


def _background(world: _World, action: Action, rate_per_minute: float, size_bytes: int) -> _Acts:
    """Actions of their own rate; bursts are a matter of sends, the time of day is not."""
    arrivals = world.spec.arrivals
    process = PoissonSpec() if isinstance(arrivals, BurstySpec) else arrivals
    generator = world.generator(action.name.lower())
    found = draw_arrivals(process, rate_per_minute / 60.0, world.acting, generator)
    luck = generator.random(len(found.time_s))
    chosen = world.conversations.pick(world.acting.person[found.session], luck)
    return _Acts(action, found.time_s, found.session, chosen, np.full(len(chosen), size_bytes))


def _merged(world: _World, parts: Sequence[_Acts]) -> Workload:
    time_s = np.concatenate([part.time_s for part in parts])
    order = np.argsort(time_s, kind="stable")
    session = np.concatenate([part.session for part in parts])[order]
    action = np.concatenate([np.full(len(part.time_s), part.action, np.int8) for part in parts])
    conversation = np.concatenate([part.conversation for part in parts])
    size_bytes = np.concatenate([part.size_bytes for part in parts])
    return Workload(
        people=world.presence.people,
        members=world.conversations.members,
        conversations=world.conversations.by_person,
        sessions=world.presence.by_person(),
        time_s=time_s[order],
        actor=world.acting.person[session].astype(np.int32),
        conversation=conversation[order].astype(np.int32),
        action=action[order],
        size_bytes=size_bytes[order].astype(np.int32),
    )


def _among_members(workload: Workload, changes: Sequence[Change]) -> Workload:
    """The same with nothing done in a conversation by who is not in it then."""
    if not changes:
        return workload
    done = np.ones(len(workload.time_s), dtype=bool)
    for one in changes:
        theirs = (workload.conversation == one.room) & (workload.actor == one.person)
        out = workload.time_s < one.time_s if one.joins else workload.time_s >= one.time_s
        done &= ~(theirs & out)
    columns = ("time_s", "actor", "conversation", "action", "size_bytes")
    kept = {name: getattr(workload, name)[done] for name in columns}
    return replace(workload, changes=tuple(changes), **kept)
