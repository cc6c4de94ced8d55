"""The four families of designs as SimPy's guides would have them written.

A process per message and receiver, a time-out per hop, a resource per link and per node, beats,
acknowledgements and polls as processes. They meet the same people, messages and links as the
product, in a network that loses nothing, and deliver the same messages at nearly the same moments.
What they leave out makes them cheaper: loss and its repair, outages, TCP's own acknowledgements,
faults, bytes, and everything that a history holds beside deliveries.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sim.bench.idiomatic.full_websocket import FullWebSocket
from sim.bench.idiomatic.hybrid import Hybrid
from sim.bench.idiomatic.long_poll import LongPoll
from sim.bench.idiomatic.mqtt_qos1 import MqttQos1

if TYPE_CHECKING:
    from sim.bench.idiomatic.chat import Chat
    from sim.world import World

IDIOMATIC: Final[Mapping[str, Callable[["World"], "Chat"]]] = MappingProxyType(
    {
        "full-websocket": FullWebSocket,
        "hybrid": Hybrid,
        "long-poll": LongPoll,
        "mqtt-qos1": MqttQos1,
    }
)
"""By the name of the design that does the same."""
