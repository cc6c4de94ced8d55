"""Whose polls are carried in rows (`models.calm.polling`): taken when calm, else given back.

A question goes into rows when a gateway holds it, its connection is the only one of its client, and
nothing else is under way. It comes back to the objects, with what is on the wire or waits at the
process, before any of them looks at it: when a connection ends, a node drains, the person leaves,
a packet is lost. They carry on from there until the next question is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from models.calm import rows
from models.calm.polling import polls
from models.calm.polling.polls import RING, WIDTH
from models.channels.long_poll.client import PollClient
from models.channels.long_poll.mailbox import Mailbox
from models.channels.long_poll.shared import TYPING_S, Batch, ByObjects, LongPolls
from models.connections.asking import Ask, Reply
from models.connections.http2.end import StreamEnd
from models.connections.http_pool import (
    POST_HEADER_BYTES,
    RESPONSE_HEADER_BYTES,
    WebEnd,
)
from models.connections.proxied import Upstream
from sim.transport.connection import CLIENT, SERVER, Connection

if TYPE_CHECKING:
    from models.servers.mailroom import Mailroom
    from sim.engine import Engine
    from sim.node import Node

_ON_THE_WIRE: Final = {polls.ANSWERING: SERVER, polls.ASKING: CLIENT}


class PollsInRows(ByObjects):
    """Who of all that poll on one channel is carried in rows."""

    def __init__(
        self, polls_of_all: LongPolls, mailroom: Mailroom, down_bytes: Any,
        mailboxes: Sequence[Mailbox], clients: Mapping[int, PollClient],
    ) -> None:  # fmt: skip
        """`down_bytes`: by message, in an answer."""
        endpoint = polls_of_all.endpoint
        assert endpoint.calm is not None
        self._polls, self._mailboxes, self._clients = polls_of_all, mailboxes, clients
        self._mailroom = mailroom
        self._calm = calm = endpoint.calm
        self._engine: Engine = endpoint.engine
        self._pool = pool = endpoint.options.http.pool
        self._ends: list[WebEnd] = []
        options, people = polls_of_all.options, endpoint.world.workload.people
        calm.polls.grow("row", people * WIDTH)
        calm.polls.grow("log", people * RING)
        real, whole = calm.polls.views.real, calm.polls.views.whole
        real[polls.HOLD_S] = options.hold_s
        real[polls.PATIENCE_S] = options.hold_s + options.patience_s
        real[polls.TICK_S] = pool.timeout_tick_s
        real[polls.REQUEST_S] = endpoint.request_s
        real[polls.OUT_S] = polls_of_all.costs.message_out_s
        real[polls.KEEP_ALIVE_S] = endpoint.world.http_keep_alive_s
        real[polls.STALE_S], real[polls.POOL_IDLE_S] = TYPING_S, pool.idle_s
        whole[polls.KEEPS_LOG] = polls_of_all.keeps_log
        whole[polls.BATCH] = options.batch_max
        whole[polls.ASK_BYTES] = POST_HEADER_BYTES
        whole[polls.ANSWER_BYTES] = RESPONSE_HEADER_BYTES
        calm.left.update({
            rows.POLL_WAKE_LEFT: self._wake_left, rows.POLL_ANSWERED: self._answered,
            rows.POLL_ARRIVED: self._arrived, rows.POLL_TAKE: self._take,
            rows.POLL_LOOK_LEFT: self._look_left,
        })  # fmt: skip
        mailroom.delivers(polls_of_all.costs.message_out_s, down_bytes, ())
        if not polls_of_all.service.catching_up.bounded:  # nobody looks there what is too old
            mailroom.polled()

    @property
    def _row(self) -> Any:
        return self._calm.polls.views.row

    def carries(self, person: int) -> bool:
        """Whether this person's poll is in rows."""
        return bool(self._row[person * WIDTH + polls.STATE] != polls.LEFT)

    def home(self, person: int, node: Node | None) -> None:
        """A node holds this person's question, or believes to; None: nobody does."""
        if node is None:
            self._mailroom.away(person)
        else:
            self._mailroom.at_home(person, node, -1)

    # What objects ask of polls in rows.

    def number(self, person: int, column: int, otherwise: int) -> int:
        """A number of the row of one that is carried."""
        return self._number(person, column) if self.carries(person) else otherwise

    def node(self, person: int, otherwise: Node | None) -> Node | None:
        """The node that believes to hold the question of one that is carried."""
        if not self.carries(person):
            return otherwise
        if self._mailroom.mail.views.home[person] < 0:
            return None
        return self._end(person).node

    def push(self, person: int, message: int) -> bool:
        """Something has happened; False where objects have to tell the person."""
        return bool(self._calm.in_rows(polls.push, person, message))

    def logged(self, message: int, person: int) -> None:
        """A message has been put at the end of the person's log."""
        row, at = self._row, person * WIDTH
        if row[at + polls.STATE] != polls.LEFT:
            length = int(row[at + polls.LENGTH]) + 1
            if length - row[at + polls.CURSOR] > RING:
                self.back(person)
                return
            self._calm.polls.views.log[person * RING + length % RING] = message
            row[at + polls.LENGTH] = length

    def wakes(self, person: int, armed_s: float) -> bool:
        """The holder's own timer is due; False where objects have to see to it."""
        if not self.carries(person):
            return False
        if self._calm.in_rows(polls.wake, person, armed_s) == rows.DONE:
            return True
        self.back(person)
        return False

    def waits(self, person: int, armed_s: float) -> bool:
        """The client's own timer is due; False, after telling it until when it waits."""
        if self.carries(person):
            patient_s = self._row[person * WIDTH + polls.PATIENT_S]
            if patient_s <= self._engine.now_s:
                self.back(person)
            else:
                self._clients[person].waits_until(patient_s)
        return False

    def _looks(self, person: int) -> bool:
        """An end's own timer for idleness is due; False where objects have to see to it."""
        number = self._number(person, polls.END)
        if self._calm.in_rows(polls.look, number, person) == rows.DONE:
            return True
        self.back(person)
        return False

    # A question is taken ...

    def take(self, person: int, end: WebEnd | StreamEnd | Upstream, ask: Ask) -> None:
        """This person's question is held: carry it, if all is calm."""
        mailbox, client = self._mailboxes[person], self._clients[person]
        late = self._polls.endpoint.device(person) is not None  # timers that may be stay objects'
        if not late and type(end) is WebEnd and self._is_calm(mailbox, end, ask, client):
            self._write(mailbox, end, ask, client)

    def _is_calm(self, mailbox: Mailbox, end: WebEnd, ask: Ask, client: PollClient) -> bool:
        connection, pool = end.connection, self._pool
        if (
            self._polls.options.pause_s
            or type(connection) is not Connection
            or pool.send_cost_s
            or pool.hear_cost_s
        ):
            return False
        if not (self._mailroom.polls and end.is_all_that_waits and mailbox.is_calm(ask)):
            return False
        if client.pooled.lone(ask.request) is not connection or not client.is_calm(ask):
            return False
        both_open = connection.is_open(CLIENT) and connection.is_open(SERVER)
        steady = all(one.known and one.steady for one in connection.directions)
        return both_open and steady and next(connection.flying(), None) is None

    def _write(self, mailbox: Mailbox, end: WebEnd, ask: Ask, client: PollClient) -> None:
        person, row, connection = mailbox.person, self._row, end.connection
        if end.number < 0:
            end.number = len(self._ends)
            self._ends.append(end)
        assert type(connection) is Connection
        at, held = person * WIDTH, mailbox.held
        row[at + polls.STATE] = polls.HELD
        row[at + polls.REQUEST], row[at + polls.CURSOR] = ask.request, client.cursor
        row[at + polls.HELD_CURSOR] = row[at + polls.HEAD] = row[at + polls.LENGTH] = held.head
        row[at + polls.LINE] = connection.directions[CLIENT].row
        row[at + polls.PROCESS], row[at + polls.END] = end.node.row, end.number
        row[at + polls.DEADLINE_S], row[at + polls.ARMED_S] = held.deadline_s, mailbox.armed_s
        row[at + polls.PATIENT_S] = client.waits_until_s
        row[at + polls.PHASE_S] = self._polls.endpoint.world.clock_phase_s[person]
        row[at + polls.IDLE_SINCE_S], row[at + polls.TIMED] = end.idle_since_s, end.timed
        row[at + polls.POOL_S] = client.pooled.looks_s
        row[at + polls.WELL_S] = client.well_s
        connection.rows, connection.number = self, person
        end.looks_in_rows = lambda: self._looks(person)

    # ... and given back.

    def _number(self, person: int, column: int) -> int:
        return int(self._row[person * WIDTH + column])

    def _end(self, person: int) -> WebEnd:
        return self._ends[self._number(person, polls.END)]

    def _ask(self, person: int) -> Ask:
        number = self._number
        return Ask(number(person, polls.REQUEST), number(person, polls.CURSOR), True)

    def _reply(self, person: int) -> Reply:
        return Reply(self._number(person, polls.REQUEST), self._batch(person))

    def _batch(self, person: int) -> Batch:
        first, last = self._number(person, polls.HELD_CURSOR) + 1, self._number(person, polls.LAST)
        log = self._calm.polls.views.log
        numbers = range(first, last + 1)
        numbered = [(number, log[person * RING + number % RING]) for number in numbers]
        return Batch(person, last, tuple(one for one in numbered if one[1] >= 0))

    def back(self, person: int) -> None:
        """Objects carry this person's poll again, and what is under way of it."""
        if self.carries(person):
            state, place = self._restore(person)
            self._put_back(person, state, place)

    def _restore(self, person: int) -> tuple[float, int]:
        """Have the objects stand where the row does; what was under way, and its place."""
        row, at, end, ask = self._row, person * WIDTH, self._end(person), self._ask(person)
        state = row[at + polls.STATE]
        row[at + polls.STATE] = polls.LEFT
        is_held = state == polls.HELD
        end.looks_in_rows = _not_there
        end.connection.rows = None  # type: ignore[attr-defined]
        end.restore(is_held or state == polls.READING, row[at + polls.IDLE_SINCE_S],
                    bool(row[at + polls.TIMED]))  # fmt: skip
        mailbox = self._mailboxes[person]
        unread = [self._calm.polls.views.log[person * RING + number % RING]
                  for number in self._unwritten(mailbox, person)]  # fmt: skip
        mailbox.log.extend(unread)
        held = mailbox.held
        held.restore(self._number(person, polls.HEAD), self._number(person, polls.HELD_CURSOR))
        if is_held:
            held.hold((end, ask.request), row[at + polls.DEADLINE_S])
        mailbox.armed_s = row[at + polls.ARMED_S]
        mailbox.end = end if self._mailroom.mail.views.home[person] >= 0 else None
        client = self._clients[person]
        client.restore(ask, row[at + polls.PATIENT_S], row[at + polls.WELL_S])
        pool_place = self._number(person, polls.POOL_PLACE)
        client.pooled.looks_again(row[at + polls.POOL_S], pool_place)
        return state, int(row[at + polls.PLACE])

    def _unwritten(self, mailbox: Mailbox, person: int) -> range:
        """Numbers of messages that rows alone have; of those that were shown nobody asks."""
        if self._polls.keeps_log:
            return range(0)
        return range(len(mailbox.log) + 1, self._number(person, polls.LENGTH) + 1)

    def _put_back(self, person: int, state: float, place: int) -> None:
        """What is on the wire, or waits at the process, has its event with the objects."""
        row, at, end = self._row, person * WIDTH, self._end(person)
        connection, due_s, ask = end.connection, row[at + polls.DUE_S], self._ask(person)
        assert type(connection) is Connection
        if state == polls.ANSWERING:
            size_bytes = self._number(person, polls.SIZE)
            connection.fly_again(SERVER, self._reply(person), size_bytes, due_s, place)
        elif state == polls.ASKING:
            connection.fly_again(CLIENT, ask, POST_HEADER_BYTES, due_s, place)
        elif state == polls.READING:
            begun = (self._number(person, polls.WORK_EPOCH), row[at + polls.WORK_STALLED_S])
            asked = self._mailboxes[person].asked
            end.node.work_again(due_s, place, begun, asked, end, ask)

    # What the loop leaves.

    def _wake_left(self, person: int, _: int) -> None:
        self.back(person)
        self._mailboxes[person].wake()

    def _answered(self, person: int, _: int) -> None:
        reply, end = self._reply(person), self._end(person)
        self._restore(person)
        end.connection.receive[CLIENT](reply)

    def _arrived(self, person: int, _: int) -> None:
        ask, end = self._ask(person), self._end(person)
        self._restore(person)
        end.connection.receive[SERVER](ask)

    def _take(self, person: int, _: int) -> None:
        ask, end = self._ask(person), self._end(person)
        self._restore(person)
        self._mailboxes[person].asked(end, ask)
        end.node.end(end.node.epoch)

    def _look_left(self, number: int, _: int) -> None:
        end = self._ends[number]
        end.node.due(end.look)

    # To a connection, who carries what is calm on it; `number` is the person.

    def leave(self, connection: Connection) -> None:
        """An end of the connection is over."""
        self.back(connection.number)

    def send(self, connection: Connection, end: int, size_bytes: int, payload: Any) -> bool:
        """Nothing is repaired here."""
        return False

    def payloads(self, connection: Connection) -> Iterator[Any]:
        """What is on the wire."""
        person = connection.number
        state = self._row[person * WIDTH + polls.STATE]
        if state == polls.ANSWERING:
            yield self._reply(person)
        elif state == polls.ASKING:
            yield self._ask(person)

    def waiting_bytes(self, connection: Connection, end: int) -> int:
        """Bytes that this end has written and that have not arrived."""
        person = connection.number
        if _ON_THE_WIRE.get(self._row[person * WIDTH + polls.STATE]) != end:
            return 0
        return POST_HEADER_BYTES if end == CLIENT else self._number(person, polls.SIZE)

    def posted(self, connection: Connection) -> Iterator[tuple[int, int]]:
        """Answers are no deliveries before they arrive."""
        return iter(())

    def settled(self, connection: Connection) -> None:
        """Nothing was posted."""


def _not_there() -> bool:
    """The poll is with objects."""
    return False
