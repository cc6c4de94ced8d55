"""Options of HTTP/2, and the shipped ones."""

from math import inf

import pytest

from models.protocols.http.http2_presets import (
    HTTP2_CLIENTS,
    HTTP2_SERVERS,
    Http2ClientOptions,
    Http2ServerOptions,
)


def test_clients():
    chromium, firefox, httpx = (HTTP2_CLIENTS[one] for one in ("chromium", "firefox", "httpx"))
    assert (chromium.streams_before, chromium.streams_max, chromium.idle_s) == (100, 256, inf)
    assert (chromium.ping_after_s, chromium.ping_timeout_s, chromium.repeats) == (10.0, 10.0, True)
    assert (firefox.ping_after_s, firefox.ping_timeout_s, firefox.idle_s) == (58.0, 8.0, 170.0)
    assert [one.pings for one in (chromium, firefox, httpx)] == [
        "with a request", "in silence", "never",
    ]  # fmt: skip
    assert (httpx.streams_before, httpx.streams_max) == (1, 100)


def test_servers_take_as_many_streams_as_theirs_say():
    streams = {name: one.streams_max for name, one in HTTP2_SERVERS.items()}
    assert streams == {
        "nginx": 128, "haproxy": 100, "apache": 100, "tomcat": 100, "traefik": 250, "node": inf,
    }  # fmt: skip


def test_every_preset_has_a_source():
    assert all(len(one.source) > 20 for one in (*HTTP2_CLIENTS.values(), *HTTP2_SERVERS.values()))
    assert Http2ClientOptions().source == Http2ServerOptions().source == "own setting"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"streams_before": 0}, "streams_before = 0: must be at least 1"),
        ({"streams_max": 0}, "streams_max"),
        ({"idle_s": 0.0}, "idle_s"),
        ({"pings": "always"}, "pings = 'always': must be one of never"),
        ({"ping_after_s": 0.0}, "ping_after_s"),
        ({"ping_timeout_s": 0.0}, "ping_timeout_s"),
        ({"tries_max": 0}, "tries_max"),
        ({"settings": -1}, "settings"),
    ],
)
def test_impossible_options_of_a_client_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Http2ClientOptions(**changes)


@pytest.mark.parametrize("changes", [{"streams_max": 0}, {"settings": -1}])
def test_impossible_options_of_a_server_are_refused(changes):
    with pytest.raises(ValueError, match="must be at least"):
        Http2ServerOptions(**changes)
