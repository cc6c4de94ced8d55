"""Channels are found where they lie: one more file, or one more package, is one more channel."""

import sys
from importlib.metadata import EntryPoint

import pytest
from stage import Stage

from models import channels as room
from models.channels import channels, packages, shipped
from models.design import Design, DesignError
from sim.experiment.sources import sources

MADE = """
from dataclasses import dataclass

from models.channels.kind import Kind
from models.channels.websocket import WebSocketChannel
from models.options import Group
from sim.tape import Said


class Pigeon(Group):
    \"\"\"How pigeons fly.\"\"\"

    flock: int = 3


class PigeonChannel(WebSocketChannel):
    def __init__(self, slot):
        super().__init__(slot)
        self.flock = slot.options.more["pigeon"].flock


@dataclass
class Feather:
    weight_g: int


KIND = Kind(
    "pigeon", PigeonChannel, title="a pigeon", keeps=("none",),
    describes=lambda options: {"flock": f"{options.more['pigeon'].flock} pigeons"},
    says={Feather: lambda payload, about: Said(f"feather, {payload.weight_g} g", (), "data")},
    refuses=lambda groups: [
        (("pigeon", "flock"), 7, "any other number")
    ] if groups["pigeon"].flock == 7 else [],
    reads=("pigeon", "heartbeat", "backoff", "connection"), groups={"pigeon": Pigeon},
)
"""
BY_PIGEON = dict.fromkeys(("list", "send", "receive", "typing", "seen"), "pigeon")


def test_shipped_channels_are_these():
    assert list(channels()) == ["http", "long-poll", "mqtt", "socketio", "sse", "websocket"]
    assert all(name == kind.name for name, kind in channels().items())


@pytest.fixture
def pigeon(tmp_path, monkeypatch):
    (tmp_path / "pigeon.py").write_text(MADE)
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    shipped.cache_clear()
    yield
    shipped.cache_clear()
    sys.modules.pop("models.channels.pigeon", None)


@pytest.mark.usefixtures("pigeon")
def test_one_more_file_is_one_more_channel_with_options_of_its_own():
    assert "pigeon" in channels()
    settings = {"pigeon": {"flock": 5}}
    mine = Design(name="mine", summary="Mine.", settings=settings, **BY_PIGEON)
    stage = Stage(mine, [(2.0, 0)]).run(5.0)
    assert stage.channel("pigeon").flock == 5
    assert stage.shown(1) == stage.shown(2) == [0]
    assert mine.describe()["channels"]["send"] == "pigeon"
    assert mine.describe()["flock"] == "5 pigeons"
    feather = sys.modules["models.channels.pigeon"].Feather(3)
    assert stage.system.said(feather, "gateway 0", "person 0").text == "feather, 3 g"
    with pytest.raises(DesignError, match="since only MQTT reads it"):
        mine.variant("x", {"mqtt": {"qos": 1}})
    with pytest.raises(DesignError, match=r"pigeon.flok: unknown field 'flok'.*'flock'"):
        mine.variant("x", {"pigeon": {"flok": 1}})
    with pytest.raises(DesignError, match=r"pigeon\.flock = 7; allowed: any other number"):
        mine.variant("x", {"pigeon": {"flock": 7}})
    by_socket = mine.variant("y", dict.fromkeys(BY_PIGEON, "websocket"))
    assert mine.variant("w", {"receive": "websocket"}).options.more["pigeon"].flock == 5
    assert by_socket.options.more == {}  # as it would be without that channel
    with pytest.raises(DesignError, match="since only a pigeon reads it"):
        by_socket.variant("z", {"pigeon": {"flock": 9}})


def test_a_package_may_bring_a_channel(monkeypatch, tmp_path):
    (tmp_path / "their_pigeon.py").write_text(MADE)
    monkeypatch.syspath_prepend(tmp_path)
    theirs = EntryPoint("theirs", "their_pigeon:KIND", "rtcsim.channels")
    monkeypatch.setattr("sim.packages.entry_points", lambda group: [theirs])
    packages.cache_clear()
    assert "pigeon" not in channels()  # `models` says when
    packages().opened = True
    try:
        assert list(channels()) == [*shipped(), "pigeon"]
        assert channels()["pigeon"] is theirs.load()
        mine = Design(name="mine", summary="Mine.", settings={"pigeon": {"flock": 5}}, **BY_PIGEON)
        stage = Stage(mine, [(2.0, 0)]).run(5.0)
        assert stage.channel("pigeon").flock == 5
        assert stage.shown(1) == [0]
        assert list(sources(mine)) == ["their_pigeon"]
        assert sources(mine.variant("y", dict.fromkeys(BY_PIGEON, "websocket"))) == {}
        feather = sys.modules["their_pigeon"].Feather(3)
        assert stage.system.said(feather, "gateway 0", "person 0").text == "feather, 3 g"
    finally:
        packages.cache_clear()
        packages().opened = True
