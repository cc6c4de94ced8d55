"""HTTP servers by name."""

import pytest

from sim.path.http_servers import HTTP_SERVERS


@pytest.mark.parametrize("name", HTTP_SERVERS)
def test_every_server_has_a_time_and_a_source(name):
    server = HTTP_SERVERS[name]
    assert server.closes_after_s > 0
    assert len(server.source) > 20


@pytest.mark.parametrize(
    ("name", "closes_after_s"),
    [("node-20", 6.0), ("nginx", 75.0), ("aiohttp", 75.0), ("aiohttp-runner", 3630.0)],
)
def test_the_times_are_the_servers_own(name, closes_after_s):
    assert HTTP_SERVERS[name].closes_after_s == closes_after_s
