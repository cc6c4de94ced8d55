"""What the loop knows of messages, people and gateways, and where it writes what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.core.arrays import INTEGER, REAL, Shared
from sim.core.compiled import part

if TYPE_CHECKING:
    from sim.world import World

# Numbers of the servers: `real`.
IN_S: Final = 0  # CPU seconds of reading a message
OUT_S: Final = 1  # CPU seconds of writing a frame
WRITE_S: Final = 2  # how long the store takes
CROSS_S: Final = 3  # CPU seconds of a copy that leaves a node or reaches one
CARRY_S: Final = 4  # how long the backplane takes
PUBLISH_S: Final = 5  # CPU seconds of a publication in the backplane ...
RECEIVER_S: Final = 6  # ... and of each copy
REALS: Final = 7
# `whole`.
BACKPLANE: Final = 0  # row of the backplane's process
GATEWAYS: Final = 1  # how many there are
TOP: Final = 2  # how much of `pool` is in use ...
LIVE: Final = 3  # ... by how many lists
RESERVE: Final = 4  # places of the pool, or rows of deliveries, that one event may take
TROUBLED: Final = 5  # how many people in `troubled`
LISTS: Final = 6  # 1: the loop delivers at all
WRITES: Final = 7  # 1: the store takes what is sent without a queue
STORE: Final = 8  # row of the store's process
SEATED: Final = 9  # 1: a message is taken in from those at home by its connection, no others
POLLED: Final = 10  # 1: people receive by polls, which are carried in rows
SESSIONS: Final = 11  # 1: people receive by sessions, some of which are in rows
WHOLES: Final = 12
# A list of people in `pool`: numbers that go before them.
COUNT: Final = 0
NODE: Final = 1  # row of the process that writes to them
WRITTEN: Final = 2  # to how many of them it has
PEOPLE: Final = 3  # where they begin

# What may be done here with an action: `may[action]`.
SENDS: Final = 1  # clients send it, and nobody waits for an answer
STORES: Final = 2  # it is stored before anybody is told
POSTS: Final = 4  # receivers do nothing but look
SENT_ACKED: Final = 8  # whoever reads what clients send acknowledges it at once
POST_ACKED: Final = 16  # receivers acknowledge it at once
LOGS: Final = 32  # readers' logs keep it
ASKS: Final = 64  # clients do it by requests over HTTP


class Mail(NamedTuple):
    """By message: `actor`, `room`, `action`, `up_bytes`, `down_bytes`, when it is acted, its life.

    By person: `home`, the row of the process that believes to hold the person's connection, -1 for
    none; `seat` and `client`, that connection's number and that of the client's, -1 where it is not
    in rows. `pool` holds lists of people.
    """

    actor: Any
    room: Any
    action: Any
    act_s: Any
    up_bytes: Any
    down_bytes: Any
    first: Any  # by room: where its members begin in `members`
    members: Any
    home: Any
    seat: Any
    client: Any
    gateways: Any
    pool: Any
    troubled: Any
    troubled_s: Any  # when each of them is written to
    may: Any
    stored: Any
    committed: Any
    commits: Any  # how many of `committed` there are
    copies: Any  # `copies[0]`: how many the backplane has carried
    in_hand: Any
    sent_s: Any
    accepted_s: Any
    told_s: Any
    packet: Any  # the packet id under which its client has sent it
    real: Any
    whole: Any
    down_from_s: Any  # outages of the backplane
    down_until_s: Any


class Posts(NamedTuple):
    """Deliveries: the ledger's columns, and beside them the one before on the same connection."""

    message: Any
    person: Any
    time_s: Any
    count: Any
    before: Any
    size_bytes: Any


@part
def is_up(mail: Any, time_s: float) -> bool:
    """Whether the backplane works then."""
    for place in range(len(mail.down_from_s)):
        if mail.down_from_s[place] <= time_s < mail.down_until_s[place]:
            return False
    return True


def shared_mail(world: World) -> Shared[Mail]:
    """The workload of a world; nobody has a home yet, and nothing may be done here."""
    workload = world.workload
    messages, people = len(workload.time_s), workload.people
    sizes = [len(room) for room in workload.members]
    down = list(world.backplane_down)
    shared = Shared[Mail](Mail, dict.fromkeys(Mail._fields, (INTEGER, 0)))
    life = dict(zip(world.ledger.life.names, world.ledger.life.arrays, strict=True))
    shared.replace(
        actor=workload.actor.astype(INTEGER),
        room=workload.conversation.astype(INTEGER),
        action=workload.action.astype(INTEGER),
        act_s=workload.time_s.astype(REAL),
        up_bytes=np.zeros(messages, INTEGER),
        down_bytes=np.zeros(messages, INTEGER),
        first=np.concatenate(([0], np.cumsum(sizes, dtype=INTEGER))),
        members=np.array([one for room in workload.members for one in room], INTEGER),
        home=np.full(people, -1, INTEGER),
        seat=np.full(people, -1, INTEGER),
        client=np.full(people, -1, INTEGER),
        pool=np.zeros(1024 + 4 * max(sizes, default=0), INTEGER),
        troubled=np.zeros(max(sizes, default=0) + 1, INTEGER),
        troubled_s=np.zeros(max(sizes, default=0) + 1, REAL),
        may=np.zeros(8, INTEGER),
        copies=world.copies,
        sent_s=life["sent_s"],
        accepted_s=life["accepted_s"],
        told_s=life["told_s"],
        packet=np.zeros(messages, INTEGER),
        real=np.zeros(REALS, REAL),
        whole=np.zeros(WHOLES, INTEGER),
        down_from_s=np.array([begin_s for begin_s, _ in down], REAL),
        down_until_s=np.array([end_s for _, end_s in down], REAL),
    )
    return shared


def sized(sizes_bytes: Sequence[int], size: Callable[[int], int]) -> np.ndarray[Any, Any]:
    """The size on the wire of each text, worked out once for each size of a text."""
    texts, which = np.unique(np.asarray(sizes_bytes, INTEGER), return_inverse=True)
    return np.array([size(int(text)) for text in texts], INTEGER)[which]
