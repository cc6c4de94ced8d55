"""Event streams through a proxy: who is refused gets a 502, which ends most of them for good."""

import pytest
from stage import Stage

from models import DESIGNS

RESUME = DESIGNS["sse-resume"]


def restarted(gateways, proxy, browser="chromium-mobile"):
    """Gateway 0 is away from 10 s to 18 s; a message at 60 s."""
    return Stage(
        RESUME.variant("mine", {"sse": {"browser": browser}}),
        [(60.0, 1)],
        servers={"gateways": gateways, "api_nodes": 1, "cores": 1, "proxy": proxy},
        faults=[{"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 8.0}],
    ).run(100.0)


@pytest.mark.parametrize(
    ("gateways", "proxy", "browser", "comes_back"),
    [
        (1, None, "chromium-mobile", True),  # refused: a network error
        (1, "nginx", "chromium-mobile", False),  # 502: closed for good
        (1, "nginx", "safari", False),
        (1, "nginx", "fetch-event-source", True),  # its own rule
        (2, "nginx", "chromium-mobile", True),  # the other gateway takes it
    ],
)
def test_a_502_is_the_end_of_a_stream_and_a_refusal_is_not(gateways, proxy, browser, comes_back):
    stage = restarted(gateways, proxy, browser)
    for person in (0, 2):
        assert stage.channel("sse").client(person).reconnecting.up is comes_back
        assert stage.shown(person) == ([0] if comes_back else [])


@pytest.mark.parametrize("proxy_dies", [False, True])
def test_of_several_proxies_a_dead_one_says_nothing_and_the_others_502(proxy_dies):
    """The only gateway is dead, too; all are back before those come again who may."""
    back = {"at_s": 10.0, "restart_s": 2.0}
    faults = [{"kind": "node-crash", "node": 0, **back}]
    if proxy_dies:
        faults.append({"kind": "backend-crash", "backend": "proxy", "proxy": 1, **back})
    stage = Stage(
        RESUME.variant("mine", {"sse": {"browser": "chromium-mobile"}}),
        people=12, joins=False, faults=faults,
        servers={"gateways": 1, "api_nodes": 1, "cores": 1, "proxy": "nginx", "proxy_count": 2},
    )  # fmt: skip
    for person in range(12):
        stage.at(10.5, stage.system.join, person)
    stage.run(40.0)
    come = [stage.channel("sse").client(person).reconnecting.up for person in range(12)]
    assert set(come) == ({True, False} if proxy_dies else {False})


def test_a_time_out_stays_a_network_error():
    """A link that is down for the whole of a dial is nobody's answer."""
    cut = {"kind": "link-outage", "person": 0, "start_s": 10.0, "end_s": 60.0}
    reset = {"kind": "reset", "person": 0, "at_s": 9.9}
    servers = {"gateways": 1, "api_nodes": 1, "cores": 1, "proxy": "nginx"}
    stage = Stage(RESUME, servers=servers, faults=[reset, cut]).run(200.0)
    assert stage.channel("sse").client(0).reconnecting.up
