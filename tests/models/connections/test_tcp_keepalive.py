"""Designs whose kernels ask in silence: who asks is the design's, what is found the path's."""

import pytest
from stage import Stage

from models import DESIGNS
from models.design import DesignError
from models.protocols.tcp_keepalive import OFF, TCP_KEEPALIVES
from sim.transport.connection import CLIENT, SERVER

QUIET = {"heartbeat": "none"}
SIX = {"idle_s": 30.0, "interval_s": 5.0, "probes": 6}


def design(base="full-websocket", **changes):
    return DESIGNS[base].variant("mine", QUIET | changes)


def asked(base, **changes):
    """What the kernels of both ends are asked, by the channel that receives."""
    stage = Stage(DESIGNS[base].variant("mine", changes), joins=False)
    channel = stage.channel(stage.design.receive)
    return channel.endpoint.setup.keepalive


def test_a_clients_kernel_does_what_its_software_asks_unless_the_design_says_more():
    chromium = {"client": "chromium", "heartbeat": "engine.io"}
    assert asked("full-websocket") == (None, None)
    assert asked("full-websocket", **chromium) == (TCP_KEEPALIVES["chromium"], None)
    own = chromium | {"tcp": {"client_keepalive": "off", "server_keepalive": "go"}}
    assert asked("full-websocket", **own) == (None, TCP_KEEPALIVES["go"])
    own = {"tcp": {"client_keepalive": {"preset": "chromium", "probes": 3}}}
    (client, _) = asked("full-websocket", **own)
    assert (client.idle_s, client.interval_s, client.probes) == (45.0, 45.0, 3)


def test_an_event_stream_has_its_browsers_own():
    assert asked("sse", tcp={"server_keepalive": "linux"}) == (None, TCP_KEEPALIVES["linux"])
    only = dict.fromkeys(("client_keepalive",), "go")
    (client, _) = (
        Stage(DESIGNS["sse"].variant("mine", {"tcp": only}))
        .channel("http")
        .endpoint.setup.keepalive
    )
    assert client == TCP_KEEPALIVES["go"]


def test_the_description_says_who_asks_where_somebody_does():
    assert "TCP" not in design().describe()
    told = design(tcp={"server_keepalive": "go"}).describe()
    assert told["TCP"] == "server_keepalive = go"


def test_wrong_values_are_named():
    with pytest.raises(DesignError, match=r"tcp\.server_keepalive = 'often'; allowed: off, linux"):
        design(tcp={"server_keepalive": "often"})
    with pytest.raises(DesignError, match=r"tcp\.server_keepalive\.idle_s"):
        design(tcp={"server_keepalive": {"idle_s": -1.0}})


@pytest.mark.parametrize(
    ("end", "key"), [(CLIENT, "client_keepalive"), (SERVER, "server_keepalive")]
)
@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_a_half_open_link_is_noticed_without_a_heartbeat(end, key, lane):
    """The link is dead from 20 s on; 60 s of silence, each timer up to an eighth late."""
    stage = Stage(
        design(tcp={key: SIX}), people=2, transport={"lane": lane},
        networks=[LINK | {"outages": {"kind": "list", "intervals": [[20.0, 290.0]]}}],
    ).run(150.0)  # fmt: skip
    held = sum(len(gateway.connections) for gateway in stage.gateways)
    if end == CLIENT:  # it dials again, after a back-off of up to 5 s
        tried = [[at_s for at_s, *_ in stage.attempts(one) if at_s > 1.0] for one in range(2)]
        assert all(60.0 <= min(times_s) <= 73.0 for times_s in tried)
        assert held == 2
    else:
        assert held == 0


def test_without_probes_nobody_notices():
    stage = Stage(design(), people=2, networks=[DEAD]).run(150.0)
    assert sum(len(gateway.connections) for gateway in stage.gateways) == 2
    assert OFF.idle_s > 1e9


LINK = {
    "share": 1.0,
    "profile": "lan",
    "delay": {"kind": "constant", "delay_s": 0.05},
    "rate": {"kind": "none"},
}
DEAD = LINK | {"outages": {"kind": "list", "intervals": [[20.0, 290.0]]}}
