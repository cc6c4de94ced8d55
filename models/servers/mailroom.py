"""The service on rows: what the loop over calm connections may do by itself, and what it leaves.

Channels say where people are at home and what may be done without objects; the loop does it
(`models.calm.delivery`). What it leaves is done by objects of this package, one event at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from models.calm import delivery, mail, posts, rows
from models.servers.intake import by_queue
from sim.core.arrays import INTEGER
from sim.history import EVERYONE, SEEN, SEND
from sim.transport.connection import SERVER

if TYPE_CHECKING:
    from models.calm.calm import Calm
    from models.servers.fan_out import FanOut
    from models.servers.intake import Arrival, Intake, Replied
    from models.servers.records import Records
    from models.servers.store import Store
    from sim.node import Node
    from sim.world import World


class Sender(Protocol):
    """The channel by which people send, as far as the loop leaves it something to do."""

    def payload(self, message: int) -> Any:
        """What its client writes."""

    def arrival(self, end: Any, message: int) -> Arrival:
        """A message that has come by this server's end."""

    def replied(self, end: Any, message: int) -> Replied:
        """Who hears what came of it, once it has been taken in."""


class Mailroom:
    """Rows of messages, people and gateways of one system."""

    def __init__(
        self, world: World, calm: Calm, intake: Intake, fan_out: FanOut, records: Records,
        store: Store,
    ) -> None:  # fmt: skip
        self._world = world
        self._calm = calm
        self._intake = intake
        self._fan_out = fan_out
        self._records = records
        self._store = store
        self._nodes: dict[int, Node] = {}
        self._act: Callable[[int], None]
        self.sender: Sender | None = None  # one at most
        self.counts_what_waits = False  # what may wait for slow readers has a bound
        self.check_s = 0.0  # CPU seconds of a look at one reader's right
        self._requests = True
        self.mail = mail.shared_mail(world)
        self.mail.replace(
            in_hand=records.in_hand, stored=store.stored, committed=store.committed,
            commits=store.commits,
        )  # fmt: skip
        whole, real = self.mail.views.whole, self.mail.views.real
        in_time = world.write.delay_s <= world.write.timeout_s
        whole[mail.WRITES] = in_time and not world.write.cost_s
        whole[mail.STORE] = world.write.process.row
        real[mail.WRITE_S] = world.write.delay_s
        for action in (SEND, SEEN):
            self.mail.views.may[action] |= mail.STORES if store.options.stored else 0
        spec, backplane = world.scenario.backplane, fan_out.backplane
        whole[mail.BACKPLANE] = world.backplane.row if backplane.CARRIED else -1
        real[mail.CROSS_S], real[mail.CARRY_S] = backplane.cost_s, spec.delay_s
        real[mail.PUBLISH_S], real[mail.RECEIVER_S] = spec.publish_s, spec.receiver_s
        calm.carry(self, world.ledger.deliveries)
        calm.left.update({
            rows.ACT_NOW: self._act_now, rows.ARRIVED: self._arrived,
            rows.LOST_READ: self._lost_read, rows.TAKE: self._take, rows.LATE: self._late,
            rows.FAN_OUT: self._by_objects, rows.LOST_CARRIED: self._lost_carried,
            rows.LOST_JOB: self._lost_job, rows.PUSH: self._push, rows.TROUBLED: self._troubled,
            rows.ABSENT: self._absent, rows.LOST_REACHED: self._lost_reached,
            rows.MORE: self._more,
        })  # fmt: skip

    # What channels say.

    def delivers(self, out_s: float, down_bytes: Any, posts: Sequence[int]) -> None:
        """People receive by connections in rows; of these actions they do nothing but look.

        `out_s`: CPU seconds of writing to one of them; `down_bytes`: by message, on the wire.
        """
        self.mail.replace(down_bytes=down_bytes)
        views = self.mail.views
        views.real[mail.OUT_S] = out_s + self.check_s
        # what a subclass inherits is another's word: it may reach whom it likes
        to_all = vars(type(self._fan_out.backplane)).get("TO_ALL", False)
        views.whole[mail.LISTS] = to_all and not self._world.needs_objects
        if not self.counts_what_waits:
            for action in posts:
                views.may[action] |= mail.POSTS

    def sends(
        self, sender: Sender, actions: Sequence[int], in_s: float, up_bytes: Any,
        seated: bool = False,
    ) -> None:  # fmt: skip
        """Clients write these actions to connections in rows, and nobody waits for an answer.

        `seated`: what comes is taken in at once from those who are at home there, by that
        connection; from others when objects have looked at it. Of several channels that carry
        actions the first has rows.
        """
        if self.sender is not None or not actions:
            return
        self.sender = sender
        self.mail.replace(up_bytes=up_bytes)
        self.mail.views.real[mail.IN_S] = in_s
        self.mail.views.whole[mail.SEATED] = seated
        for action in actions:
            self.mail.views.may[action] |= mail.SENDS

    def acknowledges(self, sent: bool, posted: bool) -> None:
        """What people send durably is acknowledged at once, or what they receive; by sessions."""
        may = self.mail.views.may
        if posted and not self.counts_what_waits:
            may[SEND] |= mail.POST_ACKED
            self.mail.views.whole[mail.SESSIONS] = 1
        if sent and may[SEND] & mail.SENDS:
            may[SEND] |= mail.SENT_ACKED

    @property
    def acknowledged(self) -> bool:
        """Whether anything is."""
        return bool(self.mail.views.may[SEND] & (mail.SENT_ACKED | mail.POST_ACKED))

    def asks(self, actions: Sequence[int]) -> None:
        """Clients do these by requests over HTTP, which rows carry as long as all is calm."""
        for action in actions:
            self.mail.views.may[action] |= mail.ASKS

    @property
    def requests(self) -> bool:
        """Whether requests over HTTP may be carried in rows: whoever else decides is asked."""
        return self._requests and self._intake.admission is by_queue

    def knows(self, node: Node) -> None:
        """Requests may come to this node, whose messages logs keep as channels have said by now."""
        self._nodes[node.row] = node
        for action in self._store.logged if self._store.recovers else ():
            self.mail.views.may[action] |= mail.LOGS

    def polled(self) -> None:
        """People receive by polls, which are carried in rows as long as all is calm."""
        self.mail.views.whole[mail.POLLED] = 1

    @property
    def polls(self) -> bool:
        """Whether polls may be carried in rows."""
        return bool(self.mail.views.whole[mail.POLLED])

    def at_home(self, person: int, node: Node, number: int) -> None:
        """A node holds this person's connection; `number` in rows, -1 where it is not."""
        self._nodes[node.row] = node
        self.mail.views.home[person], self.mail.views.seat[person] = node.row, number

    def away(self, person: int, number: int = -1) -> None:
        """No node holds this person's connection for deliveries; by `number` it may be heard."""
        self.mail.views.home[person], self.mail.views.seat[person] = -1, number

    def connected(self, sender: object, person: int, connection: Any) -> None:
        """This person's client has a connection by which it can write at once."""
        if sender is self.sender:
            self.mail.views.client[person] = getattr(connection, "number", -1)

    def leave_to_objects(self) -> None:
        """Objects send and write to people; what the servers do in between may stay here."""
        may = self.mail.views.may
        self.mail.views.whole[mail.POLLED] = 0
        for action in range(len(may)):
            may[action] &= mail.STORES
        self._requests = False

    def play(self, act: Callable[[int], None]) -> None:
        """Act as the workload says; `act(message)` where objects do it."""
        self._act = act
        if self._intake.admission is not by_queue:  # whoever decides is asked each time
            self.leave_to_objects()
        self._calm.in_rows(delivery.book_act, 0)

    def start(self, node: Node, message: int) -> bool:
        """Deliver a message that `node` has accepted; False where objects have to."""
        self._nodes[node.row] = node
        code = self._calm.in_rows(delivery.fan_out, node.row, message)
        if code == rows.ABSENT:
            self._report_absent(message)
        return bool(code != rows.FAN_OUT)

    def pending(self) -> Iterator[tuple[int, int]]:
        """Messages that clients have sent, that have not arrived and that nobody else has kept."""
        action, may = self.mail.views.action, self.mail.views.may
        for message in self._calm.flying():
            if not may[action[message]] & mail.SENT_ACKED:
                yield message, EVERYONE

    def joined(self) -> None:
        """Gateways may be more than before."""
        gateways = self._world.gateways
        if self.mail.views.whole[mail.GATEWAYS] != len(gateways):
            self._nodes.update({gateway.row: gateway for gateway in gateways})
            self.mail.replace(gateways=np.array([one.row for one in gateways], INTEGER))
            whole = self.mail.views.whole
            whole[mail.GATEWAYS] = len(gateways)
            each = 2 if whole[mail.POLLED] else 1  # an answer, and a timer of its connection
            reserve = each * len(self.mail.views.troubled) + 5 * len(gateways) + 4
            whole[mail.RESERVE] = reserve

    # What the loop leaves.

    def _people(self, begin: int) -> list[int]:
        """Those of a list who have not been written to; the list is then done with."""
        post = self.mail.views
        first, count = begin + mail.PEOPLE, post.pool[begin + mail.COUNT]
        people = post.pool[first + post.pool[begin + mail.WRITTEN] : first + count].tolist()
        delivery.forget(post)
        return people  # type: ignore[no-any-return]

    def _publication(self, block: int) -> list[tuple[Node, list[int]]]:
        """Gateways and their readers; the publication is then done with."""
        post = self.mail.views
        pairs = post.pool[block + 1 : block + 1 + 2 * post.pool[block]].tolist()
        found = [
            (self._nodes[gateway], self._people(people))
            for gateway, people in zip(pairs[::2], pairs[1::2], strict=True)
            if people >= 0
        ]
        delivery.forget(post)
        return found

    def _act_now(self, message: int, _: int) -> None:
        self._act(message)
        self._calm.in_rows(delivery.book_act, message + 1)

    def _arrived(self, number: int, message: int) -> None:
        assert self.sender is not None
        end = self._calm.ends[number]
        end.connection.receive[SERVER](self.sender.payload(message))

    def _lost_read(self, number: int, message: int) -> None:
        assert self.sender is not None
        self._intake.lose(self.sender.arrival(self._calm.ends[number], message))

    def _take(self, number: int, message: int) -> None:
        assert self.sender is not None
        arrival = self.sender.arrival(self._calm.ends[number], message)
        self._intake.read(arrival)
        arrival.node.end(arrival.node.epoch)

    def _late(self, number: int, message: int) -> None:
        assert self.sender is not None
        end, epoch = self._calm.ends[number], self._calm.connections.views.told[3]
        self._intake.written(end.node, message, self.sender.replied(end, message), epoch)

    def _by_objects(self, row: int, message: int) -> None:
        node = self._nodes[row]
        self._fan_out.by_objects(node, message)
        node.exit_if_idle()

    def _absent(self, row: int, message: int) -> None:
        self._report_absent(message)
        self._nodes[row].exit_if_idle()

    def _report_absent(self, message: int) -> None:
        post = self.mail.views
        for person in post.troubled[: post.whole[mail.TROUBLED]].tolist():
            self._fan_out.receiver.absent(person, message)

    def _lost_carried(self, block: int, message: int) -> None:
        for _, people in self._publication(block):
            self._fan_out.miss(people, message, "backplane down")

    def _lost_reached(self, block: int, message: int) -> None:
        for node, people in self._publication(block):
            self._fan_out.lost(node, people, message)

    def _lost_job(self, begin: int, message: int) -> None:
        node, people = self._nodes[self.mail.views.pool[begin + mail.NODE]], self._people(begin)
        self._records.release(message, len(people))
        self._fan_out.lost(node, people, message)

    def _push(self, begin: int, message: int) -> None:
        post, state, now_s = self.mail.views, self._calm.views, self._world.engine.now_s
        node, count = self._nodes[post.pool[begin + mail.NODE]], posts.next_of(state, begin)
        first = begin + mail.PEOPLE + post.pool[begin + mail.WRITTEN]
        each_s = posts.write_s(state, begin)
        for place, person in enumerate(post.pool[first : first + count].tolist()):
            self._write(node, person, message, now_s + place * each_s)
        self._calm.in_rows(delivery.go_on, begin, message, count)
        node.end(node.epoch)

    def _troubled(self, row: int, message: int) -> None:
        post, node = self.mail.views, self._nodes[row]
        count = post.whole[mail.TROUBLED]
        people, times_s = post.troubled[:count].tolist(), post.troubled_s[:count].tolist()
        for person, at_s in zip(people, times_s, strict=True):
            self._write(node, person, message, at_s)
        node.exit_if_idle()

    def _write(self, node: Node, person: int, message: int, at_s: float) -> None:
        self._world.engine.ahead(at_s, self._fan_out.receiver.push, node, (person,), message)

    def _more(self, _one: int, _other: int) -> None:
        post = self.mail.views
        reserve = post.whole[mail.RESERVE]
        if post.whole[mail.TOP] + reserve > len(post.pool):
            self.mail.grow("pool", 2 * len(post.pool))
        self._world.ledger.deliveries.room(64 * reserve)
