"""Faults of MQTT: flows, packet ids, sessions, queues, takeover."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_SENDER: Final = "models/protocols/mqtt/sender.py"
_RECEIVER: Final = "models/protocols/mqtt/receiver.py"
_CLIENT: Final = "models/protocols/mqtt/client.py"
_BROKER: Final = "models/protocols/mqtt/broker.py"
_QOS1: Final = ("mqtt-qos1",)
_QOS2: Final = ("mqtt-qos2", "broker on disk")
_BOTH: Final = (*_QOS1, *_QOS2)

MQTT: Final = (
    Planted(
        "puback-without-delivery",
        "a QoS 1 message is acknowledged as soon as it is read, and then forgotten",
        _RECEIVER,
        "return (Deliver(message, 1), PubAck(packet_id))",
        "return (PubAck(packet_id),)",
        _QOS1,
    ),
    Planted(
        "pubrec-before-store",
        "PUBREC is sent, and the message is not held until its PUBREL",
        _RECEIVER,
        "        self._held[packet_id] = message\n",
        "",
        _QOS2,
    ),
    Planted(
        "dup-taken-for-known",
        "a PUBLISH with the DUP flag is taken for one that had arrived",
        _RECEIVER,
        "        if qos == 1:\n            return (Deliver",
        "        if qos == 1 and packet.dup:\n"
        "            return (PubAck(packet_id),)\n"
        "        if qos == 1:\n            return (Deliver",
        _QOS1,
    ),
    Planted(
        "unknown-pubrel-unanswered",
        "a PUBREL for a message that is complete already is not answered",
        _RECEIVER,
        "            return (PubComp(packet_id),)\n        message",
        "            return ()\n        message",
        _QOS2,
    ),
    Planted(
        "received-ids-cleared-by-broker",
        "a broker forgets the QoS 2 ids it has received when the connection ends",
        _BROKER,
        "        if self.options.receiver.forgets:\n            self.receiver.reset()\n",
        "        self.receiver.reset()\n",
        _QOS2,
    ),
    Planted(
        "received-ids-cleared-by-client",
        "a client forgets the QoS 2 messages it has received when it connects again",
        _CLIENT,
        "        if fresh:\n            self.receiver.reset()\n",
        "        self.receiver.reset()\n",
        _QOS2,
    ),
    Planted(
        "flight-not-resent",
        "what was in flight when the connection ended is not sent again on the next",
        _SENDER,
        "for item in self._flight.values() if not item.live\n        ]",
        "for item in ()\n        ]",
        _BOTH,
    ),
    Planted(
        "pubrel-not-resent",
        "after a reconnect PUBLISH is sent again, PUBREL is not",
        _SENDER,
        "for item in self._flight.values() if not item.live\n        ]",
        "for item in self._flight.values()\n"
        "            if not item.live and item.phase is not Phase.PUBCOMP_DUE\n        ]",
        _QOS2,
    ),
    Planted(
        "publish-after-pubrec",
        "after a reconnect a QoS 2 flow starts over although PUBREC had come",
        _SENDER,
        "        if item.phase is Phase.PUBCOMP_DUE:\n            return PubRel",
        "        if item.phase is Phase.PUBCOMP_DUE and not dup:\n            return PubRel",
        _QOS2,
    ),
    Planted(
        "resent-under-new-id",
        "a message that is sent again gets a packet id of its own",
        _SENDER,
        "        out: list[FlowAction] = [\n            self._transmit(",
        "        for item in list(self._flight.values()):\n"
        "            del self._flight[item.packet_id]\n"
        "            item.packet_id = self.new_id()\n"
        "            self._flight[item.packet_id] = item\n"
        "        out: list[FlowAction] = [\n            self._transmit(",
        _QOS2,
    ),
    Planted(
        "id-not-released",
        "a packet id stays taken when its flow is complete",
        _SENDER,
        "        self._ids.pop(packet.packet_id, None)\n        return self._completed",
        "        return self._completed",
        _QOS1,
    ),
    Planted(
        "window-slot-leaked",
        "an acknowledged message goes on counting towards the window",
        _SENDER,
        "        self._live -= item.live\n",
        "",
        _BOTH,
    ),
    Planted(
        "queue-ignores-limit",
        "the queue of an absent client grows without end",
        _SENDER,
        "if held < options.queue_limit:",
        "if held >= 0:",
        _QOS1,
    ),
    Planted(
        "queue-drops-wrong-end",
        "a full queue drops its newest message where it should drop the oldest",
        _SENDER,
        'if options.drop == "oldest" and self._queue:',
        'if options.drop == "newest" and self._queue:',
        _QOS1,
    ),
    Planted(
        "queue-dropped-on-down",
        "what waits for its turn is forgotten when the connection ends",
        _SENDER,
        "        self._replay.clear()\n        self._live = 0\n        for item",
        "        self._replay.clear()\n        self._queue.clear()\n"
        "        self._live = 0\n        for item",
        _QOS2,
    ),
    Planted(
        "replay-reversed",
        "a serial replay begins with the newest message",
        _SENDER,
        "self._replay.extend(self._flight.values())",
        "self._replay.extend(reversed(self._flight.values()))",
        ("mqtt.js",),
    ),
    Planted(
        "retry-timer-not-rearmed",
        "the timer of retransmissions runs once",
        _SENDER,
        "min((item.sent_s for item in sent), default=NEVER_S) + retry_s\n",
        "NEVER_S\n",
        _QOS1,
    ),
    Planted(
        "session-discarded",
        "a broker starts every connection with an empty session",
        _BROKER,
        "        if event.clean:\n            out",
        "        if event:\n            out",
        _BOTH,
    ),
    Planted(
        "takeover-keeps-flight",
        "a takeover does not treat what the old connection carried as unsent",
        _BROKER,
        "out = [TakenOver(), *self._down(event, now_s)]",
        "out = [TakenOver()]",
        _BOTH,
    ),
    Planted(
        "end-of-old-connection-counts",
        "the late end of a connection that was taken over ends the session's new one",
        "models/channels/mqtt/account.py",
        "    def _ended(self, end: ServerEnd) -> None:\n        if self.end is end:\n",
        "    def _ended(self, end: ServerEnd) -> None:\n        if self.end:\n",
        _BOTH,
    ),
)
