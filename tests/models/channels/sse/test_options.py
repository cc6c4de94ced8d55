"""Options of an event stream: presets, numbers laid on them, what is refused, what is told."""

import re

import pytest

from models import DESIGNS
from models.channels.sse.options import SseOptions, sse_of
from models.costs import AIOHTTP
from models.design import DesignError
from models.protocols.sse.event_source import BROWSERS
from models.protocols.sse.event_stream import SERVERS

PLAIN, RESUME = DESIGNS["sse"], DESIGNS["sse-resume"]


def variant(**changes):
    return RESUME.variant("mine", {"sse": changes})


def test_unsaid_it_is_a_phone_s_browser_a_server_without_a_window_and_no_watchdog():
    usual = SseOptions()
    assert usual.browser is BROWSERS["chromium-mobile"]
    assert usual.server is SERVERS["sse-starlette"]
    assert usual.watch_s == 0.0
    assert usual.costs is AIOHTTP


def test_numbers_are_laid_on_what_is_there_and_a_preset_replaces_it():
    server = sse_of(variant(server={"window_messages": 50}).options).server
    assert (server.window_messages, server.window_s, server.keepalive_s) == (50.0, 3600.0, 15.0)
    assert sse_of(variant(server="mercure").options).server is SERVERS["mercure"]
    mine = variant(browser={"preset": "firefox", "reconnect_s": 1})
    assert sse_of(mine.options).browser.reconnect_s == 1.0
    assert sse_of(mine.options).browser.keepalive_s == 600.0


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("browser", "netscape", f"sse.browser = 'netscape'; allowed: {', '.join(BROWSERS)}"),
        ("server", "apache", f"sse.server = 'apache'; allowed: {', '.join(SERVERS)}"),
        ("watch_s", -1.0, "sse.watch_s = -1.0; allowed: 0 to 3600 seconds"),
        ("server", {"window_messages": -1}, "sse.server.window_messages = -1"),
        ("server", {"keepalive_s": 0.0}, "sse.server.keepalive_s = 0.0; allowed: above 0.0"),
        ("server", {"windo_s": 1.0}, "did you mean 'window_s'?"),
        ("pings", 3, "unknown field 'pings'"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(key, value, said):
    with pytest.raises(DesignError, match=re.escape(said)):
        variant(**{key: value})


@pytest.mark.parametrize("server", ["sse-starlette", "better-sse"])
def test_a_server_without_a_window_cannot_resume(server):
    said = "recovery = 'cursor'; allowed: none, since the server replays only with sse.server"
    with pytest.raises(DesignError, match=said):
        PLAIN.variant("mine", {"recovery": "cursor", "sse": {"server": server}})
    window = {"preset": server, "window_messages": 5}
    PLAIN.variant("mine", {"recovery": "cursor", "sse": {"server": window}})


def test_elsewhere_nobody_reads_it():
    with pytest.raises(DesignError, match="since only an event stream reads it"):
        DESIGNS["hybrid"].variant("mine", {"sse": {"watch_s": 30.0}})


def test_a_report_says_what_the_stream_does():
    told = RESUME.describe()
    assert told["browser"] == "chromium-mobile"
    assert told["server"] == f"nchan ({SERVERS['nchan'].source})"
    assert told["comments"] == "every 15 s"
    assert told["replay"] == "behind Last-Event-ID: 10 messages, 3600 s"
    assert told["watchdog"] == "none"
    assert variant(watch_s=40.0).describe()["watchdog"] == "40 s"
    assert variant(server="nchan").describe()["comments"] == "never"
    assert PLAIN.describe()["replay"] == "none"


@pytest.mark.parametrize(
    ("browser", "retry_s", "wait_s"),
    [("chromium", 0.0, 3), ("firefox", 0.0, 5), ("firefox", 0.1, 0.5), ("chromium", 0.1, 0.1)],
)
def test_a_report_says_after_how_long_a_client_comes_back(browser, retry_s, wait_s):
    told = variant(browser=browser, server={"retry_s": retry_s}).describe()
    assert told["back-off"] == f"{wait_s:g} s each time ({BROWSERS[browser].source})"
