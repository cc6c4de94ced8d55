"""What a node does to its connections, whatever runs on them."""

import pytest
from stage import Stage

from models.connections.http_pool import WebEnd
from models.connections.server_end import Attachment, ServerEnd


def attached(design, kind):
    stage = Stage(design, [(1.0, 0)]).run(3.0)
    ends = [end for node in stage.world.nodes for end in node.connections if type(end) is kind]
    return stage, ends[0]


@pytest.mark.parametrize(("design", "kind"), [("hybrid", WebEnd), ("hybrid", ServerEnd)])
@pytest.mark.parametrize("what", ["close", "reset", "node_crashed", "node_lost", "node_drains"])
def test_it_leaves_its_node_whatever_ends_it(design, kind, what):
    _, end = attached(design, kind)
    assert isinstance(end, Attachment)
    assert end in end.node.connections
    getattr(end, what)()
    assert end not in end.node.connections
    end.leave()  # again: nothing


def test_the_owner_hears_of_the_end_once_and_why():
    stage, end = attached("full-websocket", ServerEnd)
    heard = []
    end.ended = lambda: heard.append(end.why)
    end.node_drains()
    stage.run(10.0)
    assert heard == ["server shutting down"]
