"""The half of an MQTT end that receives: delivers, and answers each PUBLISH and PUBREL.

Rules: MQTT 3.1.1 section 4.3. Where shipped software differs (when a QoS 2 message is handed on,
what happens beyond the window) the difference is an option. Left out: EMQX's forgetting of a QoS 2
packet id whose PUBREL does not come within 300 s.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from models.protocols.machine import one_of
from models.protocols.mqtt.packets import (
    ID_MAX,
    CloseConnection,
    Deliver,
    FlowAction,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
)


@dataclass(frozen=True, slots=True)
class ReceiverOptions:
    """How a Receiver treats QoS 2.

    `deliver_on`: "publish" or "pubrel". `window`: ids it holds at most. `over_window`:
    "acknowledge" answers the flow and drops the message, "disconnect" closes. `forgets`: the ids
    are lost with the connection although the session is not.
    """

    deliver_on: str = "pubrel"
    window: int = ID_MAX
    over_window: str = "acknowledge"
    forgets: bool = False

    def __post_init__(self) -> None:
        one_of("deliver_on", self.deliver_on, ("publish", "pubrel"))
        if not 1 <= self.window <= ID_MAX:
            raise ValueError(f"window = {self.window!r}: must be within 1 to {ID_MAX}")
        one_of("over_window", self.over_window, ("acknowledge", "disconnect"))


class Receiver:
    """Answers PUBLISH and PUBREL; a QoS 2 packet id it holds is delivered once."""

    __slots__ = ("_held", "options")

    def __init__(self, options: ReceiverOptions) -> None:
        self.options = options
        self._held: dict[int, Hashable] = {}

    def publish(self, packet: Publish) -> Sequence[FlowAction]:
        """Take a PUBLISH: deliver and answer as its QoS and the options say."""
        packet_id, qos, _, message = packet
        if qos == 0:
            return (Deliver(message, 0),)
        if qos == 1:
            return (Deliver(message, 1), PubAck(packet_id))
        known = packet_id in self._held
        if not known and len(self._held) >= self.options.window:
            if self.options.over_window == "disconnect":
                return (CloseConnection("receive maximum exceeded"),)
            return (PubRec(packet_id),)
        self._held[packet_id] = message
        if known or self.options.deliver_on == "pubrel":
            return (PubRec(packet_id),)
        return (Deliver(message, 2), PubRec(packet_id))

    def release(self, packet: PubRel) -> Sequence[FlowAction]:
        """Take a PUBREL; an unknown id is answered all the same, or its sender would hang."""
        packet_id = packet.packet_id
        if packet_id not in self._held:
            return (PubComp(packet_id),)
        message = self._held.pop(packet_id)
        if self.options.deliver_on == "publish":
            return (PubComp(packet_id),)
        return (Deliver(message, 2), PubComp(packet_id))

    def reset(self) -> None:
        """Forget every id."""
        self._held.clear()
