"""The half of an MQTT end that sends: keeps every message until its flow is complete.

Client and broker each own a Sender and a Receiver (`mqtt_receiver`); `mqtt` makes sessions of them.
Rules: MQTT 3.1.1 sections 4.3, 4.4 and 4.6. Where shipped software differs (window, queue limit and
which end it drops, what is resent and how) the difference is an option. Left out: message expiry.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.protocols.machine import NEVER_S, Key, ProtocolError, above, at_least, one_of
from models.protocols.mqtt.packets import (
    ID_MAX,
    Dropped,
    FlowAction,
    Packet,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    Told,
)


class Phase(Key):
    """What the Sender waits for, message by message."""

    PUBACK_DUE = 1
    PUBREC_DUE = 2
    PUBCOMP_DUE = 3
    DONE = 4


FLOW: Final[Mapping[Phase, Mapping[type, Phase]]] = MappingProxyType(
    {
        Phase.PUBACK_DUE: {PubAck: Phase.DONE},
        Phase.PUBREC_DUE: {PubRec: Phase.PUBCOMP_DUE},
        Phase.PUBCOMP_DUE: {PubComp: Phase.DONE, PubRec: Phase.PUBCOMP_DUE},
        Phase.DONE: {},
    }
)
"""The acknowledgement flows of QoS 1 (first row) and QoS 2, by what has arrived."""


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """How a Sender keeps and resends.

    `window`: QoS 1/2 messages in flight. `queue_limit`: messages waiting beyond them; when full
    the `drop` ("newest" or "oldest") goes. `qos0_offline`: QoS 0 waits while there is no
    connection, else it is dropped. `qos0_waits`: QoS 0 waits its turn while the window is full,
    else overtakes. `resend` on reconnect: "window" (in flight first, then as the window allows),
    "all" (everything at once, whatever the window), "serial" (one by one, each after the
    acknowledgement of the one before, new messages waiting). `marks_dup`: resends carry DUP.
    `restart_on_clean`: with a clean session a QoS 2 flow starts over. `counts_qos0`: QoS 0 uses up
    a packet id. `retry_s`: resend on a live connection after this long without an answer.
    `requeues`: at each failed try to connect the oldest unfinished message is queued once more.
    """

    window: int = 20
    queue_limit: float = math.inf
    drop: str = "newest"
    flight_fills_queue: bool = False
    qos0_offline: bool = False
    qos0_waits: bool = False
    resend: str = "window"
    marks_dup: bool = True
    restart_on_clean: bool = False
    counts_qos0: bool = False
    retry_s: float = math.inf
    requeues: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.window <= ID_MAX:
            raise ValueError(f"window = {self.window!r}: must be within 1 to {ID_MAX}")
        at_least("queue_limit", self.queue_limit, 0.0)
        one_of("drop", self.drop, ("newest", "oldest"))
        one_of("resend", self.resend, ("window", "all", "serial"))
        above("retry_s", self.retry_s, 0.0)


class _Item:
    """One message a Sender is responsible for; `live` when sent on the present connection."""

    __slots__ = ("live", "message", "packet_id", "phase", "qos", "sent_s")

    def __init__(self, packet_id: int, message: Hashable, qos: int) -> None:
        self.packet_id = packet_id
        self.message = message
        self.qos = qos
        self.phase = Phase.PUBACK_DUE if qos == 1 else Phase.PUBREC_DUE
        self.live = False
        self.sent_s = 0.0


class Sender:
    """Keeps QoS 1/2 messages until their flow is complete, in the order they were submitted."""

    __slots__ = (
        "_flight",
        "_held",
        "_ids",
        "_last_id",
        "_live",
        "_queue",
        "_replay",
        "_up",
        "deadline_s",
        "options",
    )

    def __init__(self, options: SenderOptions, first_id: int = 1) -> None:
        self.options = options
        self.deadline_s = NEVER_S
        self._flight: dict[int, _Item] = {}
        # Lists, since a person's are short: a deque takes 760 bytes before anything is in it.
        self._queue: list[_Item] = []
        self._replay: list[_Item] = []
        self._held: list[tuple[Hashable, int]] = []
        self._ids: dict[int, None] = {}
        self._last_id = first_id - 1
        self._live = 0
        self._up = False

    @property
    def in_flight(self) -> int:
        """QoS 1/2 messages sent on the present connection and not complete."""
        return self._live

    @property
    def waiting(self) -> int:
        """Messages not yet sent for the first time."""
        return len(self._queue) + len(self._held)

    @property
    def replaying(self) -> bool:
        """A serial resend is under way."""
        return bool(self._replay)

    @property
    def last_id(self) -> int:
        """The last packet id that was given away."""
        return self._last_id

    @property
    def is_calm(self) -> bool:
        """It may send at once, is responsible for nothing, and nothing is ever due by time."""
        idle = not (self._flight or self._queue or self._replay or self._held or self._ids)
        return self._up and idle and self.options.retry_s == NEVER_S

    def carry_on(self, flights: Iterable[tuple[int, Hashable]], last_id: int) -> None:
        """Stand where others have brought it, who took it over while it was calm.

        `flights`: packet ids and QoS 1 messages in flight on this connection, oldest first.
        """
        self._last_id = last_id
        for packet_id, message in flights:
            item = self._flight[packet_id] = _Item(packet_id, message, 1)
            item.live = True
            self._ids[packet_id] = None
        self._live = len(self._flight)

    def kept(self) -> list[Hashable]:
        """Every message it is responsible for, oldest first."""
        if not (self._flight or self._queue or self._held):
            return []  # nearly always, and everybody is asked again and again
        items = [*self._flight.values(), *self._queue]
        return [item.message for item in items] + [message for message, _ in self._held]

    def new_id(self) -> int:
        """Claim the next free packet id; 0 when none is free."""
        if len(self._ids) >= ID_MAX:
            return 0
        packet_id = self._last_id % ID_MAX + 1
        while packet_id in self._ids:
            packet_id = packet_id % ID_MAX + 1
        self._last_id = packet_id
        self._ids[packet_id] = None
        return packet_id

    def free_id(self, packet_id: int) -> None:
        """Give back an id claimed with `new_id`."""
        self._ids.pop(packet_id, None)

    def submit(self, message: Hashable, qos: int, now_s: float) -> Sequence[FlowAction]:
        """Take responsibility for `message`; raises ValueError for a `qos` outside 0 to 2."""
        if qos == 0:
            return self._submit_qos0(message)
        if qos not in (1, 2):
            raise ValueError(f"qos = {qos!r}: must be 0, 1 or 2")
        if self._replay:
            self._held.append((message, qos))
            return ()
        packet_id = self.new_id()
        if packet_id == 0:
            return (Dropped(message, "no packet id"),)
        item = _Item(packet_id, message, qos)
        if self._up and self._live < self.options.window:
            return (self._launch(item, now_s),)
        return self._enqueue(item)

    def _submit_qos0(self, message: Hashable) -> Sequence[FlowAction]:
        options = self.options
        if options.counts_qos0:
            self.free_id(self.new_id())
        if not self._up:
            if options.qos0_offline:
                return self._enqueue(_Item(0, message, 0))
            return (Dropped(message, "not connected"),)
        if self._replay:
            self._held.append((message, 0))
            return ()
        if options.qos0_waits and self._live >= options.window:
            return self._enqueue(_Item(0, message, 0))
        return (Publish(0, 0, False, message),)

    def _enqueue(self, item: _Item) -> Sequence[FlowAction]:
        options = self.options
        held = len(self._queue)
        if options.flight_fills_queue and not self._up:
            held += len(self._flight)
        if held < options.queue_limit:
            self._queue.append(item)
            return ()
        if options.drop == "oldest" and self._queue:
            self._queue.append(item)
            item = self._queue.pop(0)
        self.free_id(item.packet_id)
        return (Dropped(item.message, "queue overflow"),)

    def _launch(self, item: _Item, now_s: float) -> Packet:
        self._flight[item.packet_id] = item
        return self._transmit(item, now_s, dup=False)

    def _transmit(self, item: _Item, now_s: float, dup: bool) -> Packet:
        if not item.live:
            item.live = True
            self._live += 1
        item.sent_s = now_s
        if self.deadline_s == NEVER_S:
            self.deadline_s = now_s + self.options.retry_s
        if item.phase is Phase.PUBCOMP_DUE:
            return PubRel(item.packet_id)
        return Publish(item.packet_id, item.qos, dup and self.options.marks_dup, item.message)

    def open(self) -> None:
        """New messages may go out; what is older waits for `resume`."""
        self._up = True

    def resume(self, clean: bool, now_s: float) -> Sequence[FlowAction]:
        """The session is agreed: resend what is unfinished, then send what waited."""
        self._up = True
        if clean and self.options.restart_on_clean:
            for item in self._flight.values():
                if item.phase is Phase.PUBCOMP_DUE:
                    item.phase = Phase.PUBREC_DUE
        if self.options.resend == "serial":
            return self._start_replay(now_s)
        out: list[FlowAction] = [
            self._transmit(item, now_s, dup=True) for item in self._flight.values() if not item.live
        ]
        out += self._fill(ID_MAX if self.options.resend == "all" else self.options.window, now_s)
        return out

    def _fill(self, window: int, now_s: float) -> list[FlowAction]:
        out: list[FlowAction] = []
        queue = self._queue
        while queue and self._live < window:
            item = queue.pop(0)
            if item.qos == 0:
                out.append(Publish(0, 0, False, item.message))
            else:
                out.append(self._launch(item, now_s))
        return out

    def _start_replay(self, now_s: float) -> Sequence[FlowAction]:
        waiting = [item for item in self._queue if item.qos > 0]
        self._queue = [item for item in self._queue if item.qos == 0]
        self._replay.extend(self._flight.values())
        self._replay.extend(waiting)
        self._flight.update((item.packet_id, item) for item in waiting)
        return self._replay_next(now_s)

    def _replay_next(self, now_s: float) -> list[FlowAction]:
        if self._replay:
            return [self._transmit(self._replay[0], now_s, dup=True)]
        held, self._held = self._held, []
        out: list[FlowAction] = []
        for message, qos in held:
            out += self.submit(message, qos, now_s)
        return out + self._fill(self.options.window, now_s)

    def down(self) -> Sequence[FlowAction]:
        """The connection is gone; all is kept, except what waited for a replay to end."""
        self._up = False
        self.deadline_s = NEVER_S
        self._replay.clear()
        self._live = 0
        for item in self._flight.values():
            item.live = False
        lost = [Dropped(message, "connection closed during replay") for message, _ in self._held]
        self._held.clear()
        return lost

    def unreachable(self) -> Sequence[FlowAction]:
        """A try to connect has failed, which is no reason to do anything but for `requeues`."""
        oldest = next(iter((*self._flight.values(), *self._queue)), None)
        if not self.options.requeues or oldest is None or oldest.qos == 0:
            return ()
        packet_id = self.new_id()
        if packet_id == 0:
            return ()
        return self._enqueue(_Item(packet_id, oldest.message, oldest.qos))

    def acknowledged(self, packet: PubAck | PubRec | PubComp, now_s: float) -> Sequence[FlowAction]:
        """Take an answer to a PUBLISH or PUBREL; one to an unknown id is ignored.

        Raises ProtocolError for an answer that FLOW does not list.
        """
        item = self._flight.get(packet.packet_id)
        if item is None:
            return ()
        phase = FLOW[item.phase].get(type(packet))
        if phase is None:
            raise ProtocolError(self, item.phase, packet)
        if phase is Phase.PUBCOMP_DUE:
            item.phase = phase
            return (self._transmit(item, now_s, dup=False),)
        del self._flight[packet.packet_id]
        self._live -= item.live
        self._ids.pop(packet.packet_id, None)
        return self._completed(item, now_s)

    def _completed(self, item: _Item, now_s: float) -> Sequence[FlowAction]:
        if self._replay and self._replay[0] is item:
            self._replay.pop(0)
            return [Told(item.message), *self._replay_next(now_s)]
        if self._queue:
            return [Told(item.message), *self._fill(self.options.window, now_s)]
        return (Told(item.message),)

    def time_out(self, now_s: float) -> Sequence[FlowAction]:
        """Resend what has been unanswered for `retry_s`; the deadline moves to the next one due."""
        retry_s = self.options.retry_s
        sent = [item for item in self._flight.values() if item.live]
        out = [
            self._transmit(item, now_s, dup=True) for item in sent if item.sent_s + retry_s <= now_s
        ]
        self.deadline_s = min((item.sent_s for item in sent), default=NEVER_S) + retry_s
        return out

    def clear(self, reason: str) -> Sequence[FlowAction]:
        """Forget everything, packet ids too; what was kept is dropped for `reason`."""
        lost = [Dropped(message, reason) for message in self.kept()]
        self._flight.clear()
        self._live = 0
        self._queue.clear()
        self._replay.clear()
        self._held.clear()
        self._ids.clear()
        self._last_id = 0
        self.deadline_s = NEVER_S
        return lost
