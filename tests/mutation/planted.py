"""All planted faults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tests.mutation.fault import Planted
from tests.mutation.planted_clients import CLIENTS
from tests.mutation.planted_connections import CONNECTIONS
from tests.mutation.planted_mqtt import MQTT
from tests.mutation.planted_streams import STREAMS

PLANTED: Final[Mapping[str, Planted]] = MappingProxyType(
    {fault.name: fault for fault in (*MQTT, *CLIENTS, *CONNECTIONS, *STREAMS)}
)
