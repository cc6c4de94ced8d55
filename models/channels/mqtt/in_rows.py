"""Whose QoS 1 flows are carried in rows (`models.calm.acking`): taken when calm, else given back.

A session's sending half goes into rows when it is online on a calm connection and has nothing to
do. It comes back to the objects, with what is in flight, before any of them looks at it: when the
connection ends, the window is full, objects submit a message, or hear an acknowledgement. What is
on the wire stays there, and says itself what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.calm import rows
from models.calm.acking import acks
from models.protocols.mqtt.packets import PubAck, Publish
from sim.transport.connection import SERVER, Connection

if TYPE_CHECKING:
    from models.calm.calm import Calm
    from models.protocols.mqtt import Sender
    from models.servers.mailroom import Mailroom

CLIENTS: Final = acks.client_of
BROKERS: Final = acks.broker_of


class Sessions(Protocol):
    """What a channel has of people, by person."""

    @property
    def accounts(self) -> Sequence[Any]:
        """With the broker's sessions."""

    @property
    def clients(self) -> Mapping[int, Any]:
        """With the clients' sessions."""


class ByObjects:
    """Nobody's flows are: the sessions do all themselves."""

    def take(self, at: int, sender: Sender, connection: Any) -> None:
        """Carry on with a session that is online and has nothing to do, if all is calm."""

    def back(self, at: int, sender: Sender) -> None:
        """Have the sender stand where its row does; it is the objects' from now on."""

    def kept(self, at: int) -> Sequence[int]:
        """Messages of a session in rows that it is responsible for, oldest first."""
        return ()


class AcksInRows(ByObjects):
    """Which sessions of one channel are carried in rows."""

    def __init__(
        self, calm: Calm, mailroom: Mailroom, sessions: Sessions, ack_bytes: tuple[int, int]
    ) -> None:
        """`ack_bytes`: of a PUBACK from a client, and to one."""
        self._calm, self._mailroom, self._sessions = calm, mailroom, sessions
        people = len(mailroom.mail.views.home)
        calm.acking.grow("row", 2 * people * acks.WIDTH)
        whole = calm.acking.views.whole
        whole[acks.UP_BYTES], whole[acks.DOWN_BYTES] = ack_bytes
        calm.acked = self
        calm.left.update({
            rows.ACK_LEFT: self._ack_left, rows.ACK_HEARD: self._ack_heard,
            rows.ACK_TAKE: self._ack_take,
        })  # fmt: skip

    @property
    def _row(self) -> Any:
        return self._calm.acking.views.row

    def sender(self, at: int) -> Sender:
        """The sending half whose row begins there."""
        person, sessions = acks.person_of(at), self._sessions
        owners: Any = sessions.clients if at == CLIENTS(person) else sessions.accounts
        sender: Sender = owners[person].session.sender
        return sender

    def take(self, at: int, sender: Sender, connection: Any) -> None:
        """Carry on with a session that is online and has nothing to do, if all is calm.

        What stands on the way, a proxy or what counts idle time, leaves it to the objects.
        """
        bare = type(connection) is Connection and self._calm.is_calm(connection)
        if not (bare and sender.is_calm and self._mailroom.acknowledged):
            return
        row = self._row
        row[at + acks.IN_ROWS], row[at + acks.NUMBER] = 1, connection.number
        row[at + acks.LIVE], row[at + acks.LAST_ID] = 0, sender.last_id
        row[at + acks.ROOM] = min(sender.options.window, acks.FLIGHTS_MAX)

    def back(self, at: int, sender: Sender) -> None:
        """Have the sender stand where its row does; it is the objects' from now on."""
        row = self._row
        if row[at + acks.IN_ROWS]:
            row[at + acks.IN_ROWS] = 0
            flights = [(one & acks.ID_MASK, one >> rows.ID_BITS) for one in self._flights(at)]
            sender.carry_on(flights, row[at + acks.LAST_ID])

    def _flights(self, at: int) -> Sequence[int]:
        first = at + acks.FLIGHTS
        flights: Sequence[int] = self._row[first : first + self._row[at + acks.LIVE]].tolist()
        return flights

    def kept(self, at: int) -> Sequence[int]:
        """Messages of a session in rows that it is responsible for, oldest first."""
        row = self._row
        if not (row[at + acks.IN_ROWS] and row[at + acks.LIVE]):
            return ()
        return [one >> rows.ID_BITS for one in self._flights(at)]

    # What the owner of all rows asks.

    def leave(self, number: int, person: int) -> None:
        """An end of this person's connection is over."""
        for at in (CLIENTS(person), BROKERS(person)):
            if self._row[at + acks.NUMBER] == number:
                self.back(at, self.sender(at))

    def payload(self, kind: int, what: int) -> Publish | PubAck:
        """What is on the wire."""
        packet_id = what & acks.ID_MASK
        if kind == rows.ACK_ARRIVES:
            return PubAck(packet_id)
        return Publish(packet_id, 1, False, what >> rows.ID_BITS)

    def size_bytes(self, kind: int, what: int, end: int) -> int:
        """Its bytes, written by that end."""
        if kind == rows.PUBLISH_ARRIVES:
            return int(self._mailroom.mail.views.down_bytes[what >> rows.ID_BITS])
        which = acks.DOWN_BYTES if end == SERVER else acks.UP_BYTES
        return int(self._calm.acking.views.whole[which])

    # What the loop leaves.

    def _ack_left(self, number: int, what: int) -> None:
        end = 1 - self._calm.connections.views.told[3]
        size_bytes = self.size_bytes(rows.ACK_ARRIVES, what, end)
        self._calm.ends[number].connection.send(end, size_bytes, PubAck(what & acks.ID_MASK))

    def _ack_heard(self, number: int, what: int) -> None:
        end = 1 - self._calm.connections.views.told[3]
        self._calm.ends[number].connection.receive[end](PubAck(what & acks.ID_MASK))

    def _ack_take(self, number: int, what: int) -> None:
        end = self._calm.ends[number]
        end.owner.read(end, PubAck(what & acks.ID_MASK))  # type: ignore[attr-defined]
        end.node.exit_if_idle()
