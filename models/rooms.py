"""Options of rooms and rights: who puts people into rooms, and when it is asked who may hear."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from models.group import Group


class Rooms(Group):
    """Who keeps account of which conversations somebody hears, and when rights are looked at."""

    managed: Literal["server", "client"] | None = Field(
        None,
        description="servers put people into rooms and take them out; or each client subscribes to"
        " its topics, and is told when to (without it: the client over MQTT, else the server)",
    )
    checks: Literal["none", "join", "message"] = Field(
        "join",
        description="when somebody's right to hear a conversation is looked at: never, so whoever"
        " asks for a topic gets it (mosquitto and EMQX without an access list); at joining or"
        " subscribing; for each reader of each message (mosquitto with one)",
    )
    check_s: float = Field(
        2e-6,
        ge=0.0,
        le=1.0,
        description="CPU seconds of such a look for one reader of a message (CPython 3.11: one pair"
        " among a million)",
    )
