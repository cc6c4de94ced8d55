"""Backplanes are found where they lie: one more file is one more of them."""

import pytest

from models.servers import backplane
from models.servers.backplane import backplanes
from models.servers.backplane.broadcast import Broadcast
from models.servers.backplane.cluster import Cluster

MADE = """
from models.servers.backplane.crossing import Crossing


class Silence(Crossing):
    COST_S = 0.0

    def reach(self, node, homes):
        return []


BACKPLANE = Silence
"""


def test_shipped_backplanes_are_called_like_their_files():
    assert backplanes() == {"broadcast": Broadcast, "cluster": Cluster}


def test_one_more_file_is_one_more_backplane(tmp_path, monkeypatch):
    (tmp_path / "total_silence.py").write_text(MADE)
    monkeypatch.setattr(backplane, "__path__", [*backplane.__path__, str(tmp_path)])
    made = backplanes()["total-silence"]
    assert made.__name__ == "Silence"
    with pytest.raises(KeyError):
        backplanes()["crossing"]
