"""The tables of `docs/streams.md` are those of the presets."""

import math
from pathlib import Path

from models.protocols.sse.event_source import BROWSERS
from models.protocols.sse.event_stream import SERVERS

TEXT = (Path(__file__).parents[1] / "docs" / "streams.md").read_text("utf-8")


def rows(mark):
    """The rows of the table between two marks, its head left out, as lists of cells."""
    inside = TEXT.partition(f"<!-- {mark} -->\n")[2].partition(f"<!-- /{mark} -->")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in inside.splitlines()[2:]
    ]


def seconds(time_s, none="never"):
    return f"{time_s:g} s" if 0.0 < time_s < math.inf else none


def window(server):
    if not server.window_messages:
        return "nothing"
    if server.window_messages == math.inf:
        return "everything"
    age = f", {server.window_s:g} s" if server.window_s < math.inf else ""
    return f"{server.window_messages:g} messages{age}"


def test_browsers_are_the_presets():
    assert rows("browsers") == [
        [
            f"`{name}`", seconds(one.reconnect_s),
            "ends it" if one.closes_for_good else "is tried again",
            seconds(one.keepalive_s), one.source,
        ]
        for name, one in BROWSERS.items()
    ]  # fmt: skip


def test_servers_are_the_presets():
    assert rows("servers") == [
        [
            f"`{name}`", seconds(one.keepalive_s), seconds(one.retry_s, "no"), window(one),
            "yes" if one.tells_gap else "no", seconds(one.age_s), one.source,
        ]
        for name, one in SERVERS.items()
    ]  # fmt: skip
