"""The specimens: every design by name.

Third parties add theirs by the entry point group `rtcsim.designs`: each entry point names a
mapping from design name to `Design` (see `models.design`).
"""

from __future__ import annotations

from importlib.util import find_spec as _find_spec
from pathlib import Path as _Path

# Said here, where it is met first: below, it would be a puzzle about one of the instrument's files.
_sim = _find_spec("sim")
if _sim is None or _Path(_sim.origin or "").parent.parent != _Path(__file__).parent.parent:
    raise ImportError(
        f"{_sim and _sim.origin}: hides rtcsim's package 'sim' beside {_Path(__file__).parent}:"
        " rename it, or start from another folder"
    )

from models.architectures.full_websocket import (
    FULL_WEBSOCKET,
    FULL_WEBSOCKET_ACKED,
    FULL_WEBSOCKET_COUNTER,
)
from models.architectures.hybrid import HYBRID, HYBRID_CURSOR
from models.architectures.long_poll import LONG_POLL, LONG_POLL_UNBUFFERED
from models.architectures.mqtt import MQTT_QOS0, MQTT_QOS1, MQTT_QOS1_CLEAN, MQTT_QOS2
from models.architectures.socketio import (
    SOCKETIO,
    SOCKETIO_POLLING,
    SOCKETIO_RECOVERY,
    SOCKETIO_RETRIES,
)
from models.design import Design
from models.products import PRODUCTS

DESIGNS: dict[str, Design] = {
    design.name: design
    for design in (
        FULL_WEBSOCKET,
        FULL_WEBSOCKET_ACKED,
        FULL_WEBSOCKET_COUNTER,
        HYBRID,
        HYBRID_CURSOR,
        LONG_POLL,
        LONG_POLL_UNBUFFERED,
        MQTT_QOS0,
        MQTT_QOS1,
        MQTT_QOS1_CLEAN,
        MQTT_QOS2,
        SOCKETIO,
        SOCKETIO_POLLING,
        SOCKETIO_RETRIES,
        SOCKETIO_RECOVERY,
        *PRODUCTS,
    )
}

__all__ = ["DESIGNS", "Design"]
