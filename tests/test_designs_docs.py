"""The page of designs: every option with its default, every preset and rule, examples that hold."""

import re
import tomllib
from pathlib import Path

import pytest

from models import DESIGNS
from models.costs import BROKER_COSTS, COSTS
from models.fit import own_groups
from models.options import GROUPS, PRESETS
from models.protocols.backoff import BACKOFFS, RULES
from models.protocols.heartbeat import HEARTBEATS
from models.protocols.http.pools import POOLS
from models.protocols.message_limit import MESSAGE_LIMITS
from models.protocols.mqtt import MQTT_BROKERS, MQTT_CLIENTS
from models.protocols.send_buffer import SEND_BUFFERS
from models.protocols.software import CLIENTS
from models.protocols.sse.event_source import BROWSERS
from models.protocols.sse.event_stream import SERVERS
from models.protocols.tcp_keepalive import TCP_KEEPALIVES
from models.protocols.window import KEYS, WINDOWS
from models.servers.backplane import backplanes
from models.settings import FLAT, WHOLES

PAGE = (Path(__file__).parents[1] / "docs" / "designs.md").read_text("utf-8")
PAIRS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


ALL_GROUPS = {**GROUPS, **own_groups()}
OF_STREAMS = (BROWSERS, SERVERS)


def shown(value):
    """A default as the page has it."""
    names = [
        name for presets in (*PRESETS, *OF_STREAMS) for name, one in presets.items() if one == value
    ]
    return f"`{names[0] if names else repr(value)}`"


@pytest.mark.parametrize("group", ALL_GROUPS)
def test_every_option_is_there_with_its_default_and_what_it_is(group):
    for key, info in ALL_GROUPS[group].model_fields.items():
        if group not in ("heartbeat", "backoff") or key == "tries":
            row = f"| `{group}.{key}` | {shown(info.get_default())} | {info.description} |"
            assert row in PAGE, row


def test_every_name_is_there():
    presets = (
        BACKOFFS, RULES, HEARTBEATS, CLIENTS, POOLS, MQTT_CLIENTS, MQTT_BROKERS, COSTS, WINDOWS,
        KEYS, SEND_BUFFERS, MESSAGE_LIMITS, TCP_KEEPALIVES, BROKER_COSTS, *OF_STREAMS,
    )  # fmt: skip
    assert [
        name for names in (*presets, backplanes()) for name in names if f"`{name}`" not in PAGE
    ] == []
    assert [key for key in (*FLAT, *WHOLES) if f"`{key}`" not in PAGE] == []


def test_examples_are_variants_that_can_be():
    assert len(PAIRS) >= 3
    for text in PAIRS:
        for name, fields in tomllib.loads(text)["variants"].items():
            base = fields.pop("base")
            assert DESIGNS[base].variant(name, fields).name == name
