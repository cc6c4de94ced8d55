"""All planted faults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.mutation.fault import Planted
from tests.mutation.planted_clients import CLIENTS
from tests.mutation.planted_connections import CONNECTIONS
from tests.mutation.planted_edges import EDGES
from tests.mutation.planted_mqtt import MQTT
from tests.mutation.planted_overlaps import OVERLAPS
from tests.mutation.planted_streams import STREAMS
from tests.mutation.planted_tries import TRIES

_ALL: Final = (*MQTT, *CLIENTS, *CONNECTIONS, *STREAMS, *TRIES, *EDGES, *OVERLAPS)
PLANTED: Final[Mapping[str, Planted]] = MappingProxyType({fault.name: fault for fault in _ALL})
