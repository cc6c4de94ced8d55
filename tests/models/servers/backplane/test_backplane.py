"""Backplanes are found where they lie: one more file is one more of them."""

import pytest
from small import scenario

from models import DESIGNS
from models.options import Backplane as Options
from models.servers import backplane
from models.servers.backplane import backplanes
from models.servers.backplane.broadcast import Broadcast
from models.servers.backplane.cluster import Cluster
from models.servers.backplane.directory import Directory
from models.servers.backplane.in_memory import InMemory
from models.servers.backplane.one_node import OneNode
from models.servers.backplane.redis_pubsub import RedisPubSub
from models.servers.backplane.redis_sharded import RedisSharded
from models.servers.backplane.redis_streams import RedisStreams
from models.servers.backplane.routed import Routed
from sim.experiment.run import run_replication
from sim.metrics import measure

MADE = """
from models.servers.backplane.crossing import Crossing


class Silence(Crossing):
    COST_S = 0.0

    def reach(self, node, homes):
        return []


BACKPLANE = Silence
"""


def test_shipped_backplanes_are_called_like_their_files():
    assert backplanes() == {
        "broadcast": Broadcast,
        "cluster": Cluster,
        "directory": Directory,
        "in-memory": InMemory,
        "one-node": OneNode,
        "redis-pubsub": RedisPubSub,
        "redis-sharded": RedisSharded,
        "redis-streams": RedisStreams,
        "routed": Routed,
    }


def test_one_more_file_is_one_more_backplane(tmp_path, monkeypatch):
    (tmp_path / "total_silence.py").write_text(MADE)
    monkeypatch.setattr(backplane, "__path__", [*backplane.__path__, str(tmp_path)])
    made = backplanes()["total-silence"]
    assert made.__name__ == "Silence"
    with pytest.raises(KeyError):
        backplanes()["crossing"]


@pytest.mark.parametrize("kind", backplanes())
def test_each_says_of_itself_what_is_asked_of_it(kind):
    made = backplanes()[kind]
    assert isinstance(made.LOCAL_FIRST, bool)
    assert isinstance(made.KEEPS_OFFSETS, bool)
    assert set(made.READS) <= set(Options.model_fields)


HURT = {"faults": [{"kind": "backplane-outage", "start_s": 20.0, "end_s": 24.0}]}


@pytest.mark.parametrize("kind", backplanes())
@pytest.mark.parametrize("base", ["socketio", "hybrid-cursor"])
def test_every_way_through_a_run_has_one_digest(kind, base):
    design = DESIGNS[base].variant("linked", {"backplane": kind})
    runs = [
        run_replication(scenario(**HURT), design, 0, passive, plain=plain)
        for passive, plain in ((False, True), (True, True), (True, False))
    ]
    assert len({run.digest() for run in runs}) == 1


FAULTS = {
    "backplane-outage": {"start_s": 12.0, "end_s": 20.0},
    "backend-crash": {"backend": "backplane", "at_s": 12.0, "restart_s": 5.0},
    "backend-pause": {"backend": "backplane", "at_s": 12.0, "for_s": 5.0},
    "node-crash": {"node": 0, "at_s": 12.0, "restart_s": 6.0},
    "host-loss": {"node": 0, "at_s": 12.0, "back_s": 25.0},
    "node-pause": {"node": 0, "at_s": 12.0, "for_s": 8.0},
    "rolling-deploy": {"at_s": 10.0, "drain_s": 2.0, "restart_s": 4.0},
    "add-nodes": {"count": 1, "at_s": 12.0},
}


@pytest.mark.parametrize("kind", backplanes())
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_lost_is_lost_for_a_cause(kind, fault):
    hurt = scenario(faults=[{"kind": fault, **FAULTS[fault]}])
    for base in ("socketio", "hybrid", "mqtt-qos1"):
        design = DESIGNS[base].variant("linked", {"backplane": kind})
        books = measure(run_replication(hurt, design, 0))["conservation"]
        assert books["adds_up"], base
        assert books["receptions_owed"] > 50


@pytest.mark.parametrize("kind", backplanes())
def test_only_what_is_counted_is_on_record(kind):
    """A design without such a backplane has the history that it always had."""
    history = run_replication(scenario(), DESIGNS["socketio"].variant("x", {"backplane": kind}), 0)
    assert ("between" in history.meta) is kind.startswith("redis-")
